/** Licences: the function and its HTTP API, which players reach through the distribution. */
import { CfnResource, Duration, Validations } from 'aws-cdk-lib'
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { adopted } from '../platform/constructs/adopted.construct.ts'
import { concurrencyShares } from '../platform/constructs/concurrency.construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { kept } from '../platform/constructs/kept.construct.ts'
import { ViewerApi, type ViewerOrigin } from '../platform/constructs/viewer-api.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface LicencesProps {
  readonly dist: string
  /** Secret that proves a request came through the distribution. */
  readonly frontSecret: ISecret
  readonly environment: Readonly<Record<string, string>>
}

/** Constructs are created in `scope` itself to keep logical IDs short. */
export class Licences {
  readonly function: HouseFunction
  readonly origin: ViewerOrigin
  /** URLs and credentials of the operator's licence servers. */
  readonly servers: ISecret
  readonly watches: readonly Watch[]

  constructor(scope: Construct, { dist, frontSecret, environment }: LicencesProps) {
    const servers = serversSecret(scope)
    this.servers = servers
    this.function = new HouseFunction(scope, 'Licence', {
      dist,
      bundle: 'rights/licence',
      description: 'Gives licences to those entitled',
      memoryMb: 1024,
      concurrency: concurrencyShares(scope).licence,
      timeout: Duration.seconds(20),
      environment: { ...environment, LICENCE_SERVERS: servers.secretArn },
    })
    this.function.grantActions(['secretsmanager:GetSecretValue'], servers.secretArn)
    const api = new ViewerApi(scope, 'Licence', {
      description: 'Licences for players',
      handler: this.function,
      pathPattern: '/licence/*',
      routes: [
        { path: '/licence/{system}', methods: [HttpMethod.POST], openBecause },
        { path: '/licence/{system}/{part}', methods: [HttpMethod.GET], openBecause },
      ],
      perSecond: 5000,
      sentHeaders: ['soapaction'],
      shownHeaders: ['headend-renew-after'],
      frontSecret,
    })
    this.origin = api.origin
    this.watches = [
      this.function.watchFaults(
        'Licence faults',
        "Players get no licences. Ours fail, or the operator's licence server does: the log of Licence says which.",
        api.answers,
      ),
      {
        id: 'FrontUnknown',
        title: 'Front not believed',
        advice:
          'Tokens bound to regions open nowhere: the distribution shows a secret that the function does not know. Deploy the distribution again.',
        metric: this.function.countLines(
          'FrontUnknown',
          '{ $.code = "LICENCE_REGION" && $.front = "unknown" }',
        ),
        wrong: { above: 5 },
        unit: 'count',
        periods: 2,
      },
      api.watchLatency(
        'LicenceLatency',
        'Licences p99',
        'Films start late: a licence server is slow, or KMS is; see the log of Licence.',
        2000,
      ),
    ]
  }
}

const openBecause = 'The function checks the playback token, which some players can only put into the query.'

function serversSecret(scope: Construct): ISecret {
  const arn = adopted(scope, 'LicenceServersSecret')
  if (arn !== undefined) return Secret.fromSecretCompleteArn(scope, 'LicenceServers', arn)
  const secret = new Secret(scope, 'LicenceServers', {
    description: "URLs and credentials of the operator's licence servers, and FairPlay's certificate",
    removalPolicy: kept,
  })
  const { defaultChild } = secret.node
  // No initial value, not even `{}`: a later deployment could overwrite the operator's value with the template's.
  if (CfnResource.isCfnResource(defaultChild))
    defaultChild.addPropertyDeletionOverride('GenerateSecretString')
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'These are credentials that others gave out; only they can change them.',
  })
  return secret
}
