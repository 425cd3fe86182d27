/** The catalogue in AWS: the operator's HTTP API, the function behind it, the secret its tokens are signed with. */
import { Duration, Validations } from 'aws-cdk-lib'
import { AccessLogField } from 'aws-cdk-lib/aws-apigateway'
import { CorsHttpMethod, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Delivery } from '../delivery/construct.ts'
import type { Packaging } from '../packaging/construct.ts'
import { concurrencyShares } from '../platform/concurrency.construct.ts'
import { HouseFunction } from '../platform/function.construct.ts'
import { apiAnswers, stageOf } from '../platform/http-api.construct.ts'
import { generatedSecret } from '../platform/secret.construct.ts'
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
      concurrency: concurrencyShares(this).api,
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
    const stage = stageOf(this, '', {
      httpApi: front,
      perSecond: 100,
      burst: 200,
      alsoLogged: {
        bytes: AccessLogField.contextResponseLength(),
        error: AccessLogField.contextErrorMessage(),
      },
    })
    Validations.of(front).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The function checks the bearer token; an HS256 token is not for the gateway to check.',
    })
    this.url = front.apiEndpoint
    this.watches = [
      this.#api.watchFaults(
        'API faults',
        'The console and scripts get 5xx: read the log of Api.',
        apiAnswers(front),
      ),
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

  /** Tells the API where its assets play; sessions are opened in the store that films are marked in, too. */
  playsThrough({ playbackUrl }: Delivery): void {
    this.#api.addEnvironment('PLAYBACK_URL', playbackUrl)
  }
}

const operatorSecret = (scope: Construct): Secret =>
  generatedSecret(scope, 'OperatorSecret', {
    description: "Signs operators' tokens",
    secretName: 'headend/operator',
    becauseUnrotated:
      'A new key ends every token in use, so an operator chooses the moment and puts a new value.',
  })
