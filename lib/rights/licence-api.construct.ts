/** Licences: the function that gives them and the HTTP API before it, which players reach through the distribution. */
import { CfnResource, Duration, Validations } from 'aws-cdk-lib'
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { adopted } from '../platform/constructs/adopted.construct.ts'
import { concurrencyShares } from '../platform/constructs/concurrency.construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { apiAnswers, stageOf } from '../platform/constructs/http-api.construct.ts'
import { kept } from '../platform/constructs/kept.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface LicencesProps {
  readonly dist: string
  /** What shows that a request came through the distribution. */
  readonly frontSecret: ISecret
  readonly environment: Readonly<Record<string, string>>
}

/** Where the distribution finds licences. */
export interface LicenceOrigin {
  readonly domainName: string
}

/** In `scope` itself, so that logical ids stay short. */
export class Licences {
  readonly function: HouseFunction
  readonly origin: LicenceOrigin
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
      environment: {
        ...environment,
        LICENCE_SERVERS: servers.secretArn,
        FRONT_SECRET: frontSecret.secretArn,
      },
    })
    for (const { secretArn } of [servers, frontSecret])
      this.function.grantActions(['secretsmanager:GetSecretValue'], secretArn)
    const httpApi = licenceApi(scope, this.function)
    const stage = stageOf(scope, 'Licence', { httpApi, perSecond: 5000 })
    this.origin = {
      domainName: `${httpApi.apiId}.execute-api.${httpApi.stack.region}.${httpApi.stack.urlSuffix}`,
    }
    this.watches = [
      this.function.watchFaults(
        'Licence faults',
        "Players get no licences. Ours fail, or the operator's licence server does: the log of Licence says which.",
        apiAnswers(httpApi),
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
      {
        id: 'LicenceLatency',
        title: 'Licences p99',
        advice: 'Films start late: a licence server is slow, or KMS is; see the log of Licence.',
        metric: stage.metricLatency({ statistic: 'p99', period: Duration.minutes(5) }),
        wrong: { above: 2000 },
        unit: 'ms',
        periods: 3,
      },
    ]
  }
}

function licenceApi(scope: Construct, licence: HouseFunction): HttpApi {
  const api = new HttpApi(scope, 'LicenceHttp', {
    description: 'Licences for players',
    createDefaultStage: false,
    corsPreflight: {
      // Players stand on any page; what they may have is decided by their token.
      allowOrigins: ['*'],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
      // The star does not stand for authorization (Fetch 3.3.4).
      allowHeaders: ['*', 'authorization', 'content-type', 'soapaction'],
      exposeHeaders: ['headend-renew-after'],
      maxAge: Duration.hours(1),
    },
  })
  const integration = new HttpLambdaIntegration('Handler', licence)
  const routes = [
    ...api.addRoutes({ path: '/licence/{system}', methods: [HttpMethod.POST], integration }),
    ...api.addRoutes({ path: '/licence/{system}/{part}', methods: [HttpMethod.GET], integration }),
  ]
  for (const route of routes)
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The function checks the playback token, which some players can only put into the query.',
    })
  return api
}

function serversSecret(scope: Construct): ISecret {
  const arn = adopted(scope, 'LicenceServersSecret')
  if (arn !== undefined) return Secret.fromSecretCompleteArn(scope, 'LicenceServers', arn)
  const secret = new Secret(scope, 'LicenceServers', {
    description: "URLs and credentials of the operator's licence servers, and FairPlay's certificate",
    removalPolicy: kept,
  })
  const { defaultChild } = secret.node
  // Nothing, not even `{}`: whatever the template said, a later deployment could put over what the operator has put.
  if (CfnResource.isCfnResource(defaultChild))
    defaultChild.addPropertyDeletionOverride('GenerateSecretString')
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'These are credentials that others gave out; only they can change them.',
  })
  return secret
}
