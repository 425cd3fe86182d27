/**
 * Regional delivery: the function for manifests the edge cannot generate, and the permissions to call Function URLs.
 */
import { Aws, Duration } from 'aws-cdk-lib'
import { CfnPermission, type FunctionUrl, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Packaging } from '../../packaging/construct.ts'
import { HouseFunction } from '../../platform/constructs/function.construct.ts'
import type { Watch } from '../../platform/constructs/watch.construct.ts'

export interface RegionalManifestsProps {
  readonly dist: string
  readonly packaging: Packaging
}

export class RegionalManifests extends Construct {
  /** It prints what other rooms have sources for. */
  readonly function: HouseFunction
  /** Only CloudFront may call it. */
  readonly url: FunctionUrl
  readonly watches: readonly Watch[]

  constructor(scope: Construct, id: string, { dist, packaging }: RegionalManifestsProps) {
    super(scope, id)
    const regional = new HouseFunction(this, 'Manifest', {
      dist,
      bundle: 'delivery/manifest',
      description: 'Prints manifests that are too large for the edge, or not made there',
      memoryMb: 1024,
      timeout: Duration.seconds(30),
      environment: packaging.environment,
    })
    this.function = regional
    packaging.grantReadTimelines(regional)
    packaging.grantReadIndex(regional)
    packaging.grantReadProtection(regional)
    packaging.grantReadPresentations(regional)
    // Buffered, so that the response is compressed and has a length: two days of segments take a tenth of the 6 MB
    // limit.
    this.url = regional.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: InvokeMode.BUFFERED,
    })
    this.#letDistributionsCall('Manifest', this.url)
    this.#letDistributionsCall('Packager', packaging.segments)
    this.watches = [
      regional.watchFaults(
        'Manifest faults',
        'Manifests fail that are too large for the edge, or that the edge could not make: read the log of Manifest.',
        regional.urlAnswers(),
      ),
      {
        id: 'ManifestEdgeFaults',
        title: 'Manifests handed on by the edge',
        advice:
          'The edge cannot make manifests, and the regional function makes them in its place: its log says why, by code.',
        metric: regional.countLines('FromEdge', '{ $.level = "WARN" && $.message = "edge failed" }'),
        wrong: { above: 5 },
        unit: 'count',
        periods: 2,
      },
    ]
  }

  /**
   * The two permissions that origin access control needs. They are defined beside the function, since CloudFormation
   * cannot reference another region, and before the distribution exists: they admit any distribution of this account
   * and nobody else.
   */
  #letDistributionsCall(name: string, url: FunctionUrl): void {
    const common = {
      principal: 'cloudfront.amazonaws.com',
      functionName: url.functionArn,
      sourceArn: `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*`,
    }
    new CfnPermission(this, `${name}FromFront`, { ...common, action: 'lambda:InvokeFunctionUrl' })
    new CfnPermission(this, `${name}FunctionFromFront`, {
      ...common,
      action: 'lambda:InvokeFunction',
      invokedViaFunctionUrl: true,
    })
  }
}
