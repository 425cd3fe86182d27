/** An HTTP API as every room has it: routes by name, a limit, a log that holds no secret, what it counts. */
import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnStage,
  type CorsPreflightOptions,
  HttpApi,
  type HttpMethod,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Construct } from 'constructs'
import type { Answers, HouseFunction } from './function.construct.ts'
import { houseLog } from './log.construct.ts'
import type { Watch } from './watch.construct.ts'

export interface HouseHttpApiProps {
  readonly description: string
  /** Answers every route. */
  readonly handler: HouseFunction
  readonly routes: readonly ApiRoute[]
  /** What all callers together may ask a second. */
  readonly perSecond: number
  /** @default no page of another origin may ask */
  readonly cors?: CorsPreflightOptions
  /** What its log says beside the usual. */
  readonly alsoLogged?: Readonly<Record<string, string>>
}

/** A path and who may ask there: whom an authorizer lets in, or anybody, and then why. */
export type ApiRoute = {
  readonly path: string
  /** By name: a route for any method would take preflights, too, and ask them for a token. */
  readonly methods: readonly HttpMethod[]
  /** A limit of its own, so that who floods it locks nobody out of the rest. */
  readonly perSecond?: number
} & ({ readonly authorizer: IHttpRouteAuthorizer } | { readonly openBecause: string })

/** What players and other services ask of one function. */
export class HouseHttpApi {
  /** No slash at the end. */
  readonly url: string
  readonly domainName: string
  /** What it counts. */
  readonly answers: Answers
  readonly #stage: HttpStage

  /** In `scope` itself; ids begin with `name`, which is empty where a construct has one API. */
  constructor(scope: Construct, name: string, props: HouseHttpApiProps) {
    const { description, handler, routes, perSecond, cors, alsoLogged } = props
    const api = new HttpApi(scope, `${name}Http`, {
      description,
      createDefaultStage: false,
      ...(cors && { corsPreflight: cors }),
    })
    const integration = new HttpLambdaIntegration('Handler', handler)
    const limited = routes.flatMap(({ perSecond: limit, methods, ...route }) =>
      methods.flatMap((method) => {
        const made = api.addRoutes({ integration, methods: [method], ...route })
        if ('openBecause' in route) for (const one of made) acknowledgeOpen(one, route.openBecause)
        return limit === undefined ? [] : made.map((one) => ({ route: one, method, limit }))
      }),
    )
    this.#stage = stageOf(scope, name, { httpApi: api, perSecond, alsoLogged })
    for (const { route, method, limit } of limited) limitRoute(this.#stage, `${method} ${route.path}`, limit)
    // A route's settings are refused while there is no such route.
    for (const { route } of limited) this.#stage.node.addDependency(route)
    this.url = api.apiEndpoint
    this.domainName = `${api.apiId}.execute-api.${api.stack.region}.${api.stack.urlSuffix}`
    const options = { statistic: 'Sum', period: Duration.minutes(5) }
    this.answers = { asked: api.metricCount(options), refused: api.metricServerError(options) }
  }

  /** Watches how long its callers wait; `above` in milliseconds. */
  watchLatency(id: string, title: string, advice: string, above: number): Watch {
    const metric = this.#stage.metricLatency({ statistic: 'p99', period: Duration.minutes(5) })
    return { id, title, advice, metric, wrong: { above }, unit: 'ms', periods: 3 }
  }
}

interface StageOptions {
  readonly httpApi: HttpApi
  readonly perSecond: number
  readonly alsoLogged: Readonly<Record<string, string>> | undefined
}

function stageOf(scope: Construct, name: string, { httpApi, perSecond, alsoLogged }: StageOptions) {
  return new HttpStage(scope, `${name}Stage`, {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: perSecond, burstLimit: perSecond },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        // Groups of other names are listed one by one in a policy of the account's, which is soon full.
        houseLog(scope, `${name}AccessLog`, {
          logGroupName: `/aws/vendedlogs/${Stack.of(scope).stackName}/${scope.node.id}${name}`,
        }),
      ),
      format: AccessLogFormat.custom(JSON.stringify({ ...logged, ...alsoLogged })),
    },
  })
}

function acknowledgeOpen(route: HttpRoute, reason: string): void {
  Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason })
}

function limitRoute(stage: HttpStage, key: string, perSecond: number): void {
  const { defaultChild } = stage.node
  if (!(defaultChild instanceof CfnStage)) return
  defaultChild.addPropertyOverride(`RouteSettings.${key.replaceAll('.', '\\.')}`, {
    ThrottlingRateLimit: perSecond,
    ThrottlingBurstLimit: perSecond,
  })
}

/** The path without its query: that may hold a token. */
const logged = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTimeEpoch(),
  ip: AccessLogField.contextIdentitySourceIp(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  latencyMs: AccessLogField.contextResponseLatency(),
}
