/** The key server: its function and the HTTP API packagers ask, signed or with a name and password. */
import { Duration, Validations } from 'aws-cdk-lib'
import { HttpApi, HttpMethod, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { apiAnswers, stageOf } from '../platform/constructs/http-api.construct.ts'
import { generatedSecret } from '../platform/constructs/secret.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface SpekeProps {
  readonly dist: string
  readonly environment: Readonly<Record<string, string>>
}

/** In `scope` itself, so that logical ids stay short. */
export class Speke {
  readonly function: HouseFunction
  readonly url: string
  readonly basicUrl: string
  /** Name and password of packagers that cannot sign. */
  readonly secret: ISecret
  readonly watches: readonly Watch[]

  constructor(scope: Construct, { dist, environment }: SpekeProps) {
    const secret = spekeSecret(scope)
    this.secret = secret
    this.function = new HouseFunction(scope, 'Speke', {
      dist,
      bundle: 'rights/speke',
      description: 'Gives content keys to packagers (SPEKE)',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
      environment: { ...environment, SPEKE_SECRET: secret.secretArn },
    })
    this.function.grantActions(['secretsmanager:GetSecretValue'], secret.secretArn)
    const httpApi = new HttpApi(scope, 'SpekeHttp', {
      description: 'Content keys for packagers',
      createDefaultStage: false,
    })
    const integration = new HttpLambdaIntegration('Handler', this.function)
    const routes = (root: string, authorizer?: IHttpRouteAuthorizer) =>
      [
        { path: `${root}/speke/v1.0/copyProtection`, methods: [HttpMethod.POST] },
        { path: `${root}/speke/v2.0/copyProtection`, methods: [HttpMethod.POST] },
        { path: `${root}/speke/v1.0/heartbeat`, methods: [HttpMethod.GET] },
      ].flatMap((route) => httpApi.addRoutes({ ...route, integration, ...(authorizer && { authorizer }) }))
    // One route has one authorizer: who signs comes in by other paths than who has a password.
    routes('', new HttpIamAuthorizer())
    httpApi.addRoutes({
      path: '/keys/{action}',
      methods: [HttpMethod.POST],
      integration,
      authorizer: new HttpIamAuthorizer(),
    })
    for (const route of routes('/basic'))
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The function checks name and password; HTTP Basic is not for the gateway to check.',
      })
    const stage = stageOf(scope, 'Speke', { httpApi, perSecond: 200 })
    this.url = httpApi.apiEndpoint
    this.basicUrl = `${httpApi.apiEndpoint}/basic`
    this.watches = [
      this.function.watchFaults(
        'Key server faults',
        'Packagers get no keys: read the log of Speke.',
        apiAnswers(httpApi),
      ),
      {
        id: 'SpekeLatency',
        title: 'Key server p99',
        advice: 'Packagers wait for keys: see the log of Speke, and what KMS throttles.',
        metric: stage.metricLatency({ statistic: 'p99', period: Duration.minutes(5) }),
        wrong: { above: 5000 },
        unit: 'ms',
        periods: 3,
      },
    ]
  }
}

const spekeSecret = (scope: Construct): ISecret =>
  generatedSecret(scope, 'SpekeSecret', {
    output: 'SpekeSecret',
    description: 'Name and password by which packagers that cannot sign get keys',
    says: { username: 'packager' },
    generated: 'password',
    length: 48,
    becauseUnrotated:
      'A new value is put by the operator, who tells the packagers; the one before it is taken until then.',
  })
