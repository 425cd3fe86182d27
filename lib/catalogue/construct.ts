/** The catalogue in AWS: the operator's HTTP API, the function behind it, the secret its tokens are signed with. */
import { Duration, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { CorsHttpMethod, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Delivery } from '../delivery/construct.ts'
import type { Packaging } from '../packaging/construct.ts'
import { HouseFunction } from '../platform/function.construct.ts'
import { houseLog } from '../platform/log.construct.ts'
import type { Watch } from '../platform/watch.construct.ts'
import type { Rights } from '../rights/construct.ts'

export interface CatalogueProps {
  readonly dist: string
  readonly packaging: Packaging
  readonly rights: Rights
}

export class Catalogue extends Construct {
  /** Where the API answers; no slash at the end. */
  readonly url: string
  readonly watches: readonly Watch[]
  readonly #api: HouseFunction

  constructor(scope: Construct, id: string, { dist, packaging, rights }: CatalogueProps) {
    super(scope, id)
    const secret = operatorSecret(this)
    this.#api = new HouseFunction(this, 'Api', {
      dist,
      bundle: 'catalogue/api',
      description: "Answers the operator's API",
      memoryMb: 512,
      // An HTTP API gives up after 30 s; one second less leaves the answer to us.
      timeout: Duration.seconds(29),
      environment: { ...packaging.environment, OPERATOR_SECRET: secret.secretArn },
    })
    packaging.grantListIndex(this.#api)
    packaging.grantReadTimelines(this.#api)
    packaging.grantUploadFilms(this.#api)
    this.#api.mayDo(['secretsmanager:GetSecretValue'], secret.secretArn)
    packaging.grantPublishProtection(this.#api)
    rights.grantAdminister(this.#api)

    const front = new HttpApi(this, 'Http', {
      description: "headend's operator API",
      createDefaultStage: false,
      corsPreflight: {
        // Any origin, because a bearer token is sent on purpose and never by the browser itself.
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.ANY],
        allowHeaders: ['authorization', 'content-type'],
        maxAge: Duration.hours(1),
      },
      // One route for all: the paths are in the API's own schemas, from which /openapi.json is printed too.
      defaultIntegration: new HttpLambdaIntegration('Handler', this.#api),
    })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: front,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(houseLog(this, 'AccessLog')),
        format: accessLogFormat,
      },
    })
    Validations.of(front).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The function checks the bearer token; an HS256 token is not for the gateway to check.',
    })
    this.url = front.apiEndpoint
    this.watches = [
      this.#api.watchErrors('API errors', 'The console and scripts get 5xx: read the log of Api.'),
      {
        id: 'ApiLatency',
        title: 'API p99',
        advice: 'The API is slow: compare with the duration of its function.',
        metric: stage.metricLatency({ statistic: 'p99', period: Duration.minutes(5) }),
        wrong: { above: 3000 },
        unit: 'ms',
        periods: 3,
      },
    ]
  }

  /** Tells the API where its assets play, and lets it open and revoke sessions there. */
  playsThrough({ playbackUrl, sessions }: Delivery): void {
    this.#api.addEnvironment('PLAYBACK_URL', playbackUrl)
    this.#api.addEnvironment('SESSION_STORE', sessions.keyValueStoreArn)
    const actions = ['DescribeKeyValueStore', 'GetKey', 'PutKey']
    this.#api.mayDo(
      actions.map((action) => `cloudfront-keyvaluestore:${action}`),
      sessions.keyValueStoreArn,
    )
  }
}

function operatorSecret(scope: Construct): Secret {
  const secret = new Secret(scope, 'OperatorSecret', {
    description: "Signs operators' tokens",
    // By name, so that `headend token` finds it without being told an ARN.
    secretName: 'headend/operator',
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'key',
      excludePunctuation: true,
      passwordLength: 64,
    },
  })
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'A new key ends every token in use, so an operator chooses the moment and puts a new value.',
  })
  return secret
}

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    ip: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    bytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
    error: AccessLogField.contextErrorMessage(),
  }),
)
