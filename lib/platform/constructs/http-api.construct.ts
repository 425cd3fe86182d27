/** HTTP APIs with the settings common to all: routes by name, a rate limit, a log without secrets, metrics. */
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
  /** Handles every route. */
  readonly handler: HouseFunction
  readonly routes: readonly ApiRoute[]
  /** The rate limit for all callers together, in requests per second. */
  readonly perSecond: number
  /** @default no cross-origin requests */
  readonly cors?: CorsPreflightOptions
  /** Additional fields of the access log. */
  readonly alsoLogged?: Readonly<Record<string, string>>
}

/** A path and its access: by an authorizer, or open with the reason why. */
export type ApiRoute = {
  readonly path: string
  /** Listed by name: an ANY route would also match preflights, and demand a token of them. */
  readonly methods: readonly HttpMethod[]
  /** A rate limit of its own, so that a flood of this route does not block the others. */
  readonly perSecond?: number
} & ({ readonly authorizer: IHttpRouteAuthorizer } | { readonly openBecause: string })

/** An HTTP API in front of one function, for players and other services. */
export class HouseHttpApi {
  /** Without a trailing slash. */
  readonly url: string
  readonly domainName: string
  /** Request metrics of the API. */
  readonly answers: Answers
  readonly #stage: HttpStage

  /**
   * Creates its resources in `scope` itself; their ids begin with `name`, which is empty if a construct has one API.
   */
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
    // Settings of a route that does not exist yet are rejected.
    for (const { route } of limited) this.#stage.node.addDependency(route)
    this.url = api.apiEndpoint
    this.domainName = `${api.apiId}.execute-api.${api.stack.region}.${api.stack.urlSuffix}`
    const options = { statistic: 'Sum', period: Duration.minutes(5) }
    this.answers = { asked: api.metricCount(options), refused: api.metricServerError(options) }
  }

  /** Watches the callers' latency; `above` is in milliseconds. */
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
        // Groups with other names are listed one by one in an account-wide policy, which is soon full.
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

/** The logged fields. The path is without its query, which may hold a token. */
const logged = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTimeEpoch(),
  ip: AccessLogField.contextIdentitySourceIp(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  latencyMs: AccessLogField.contextResponseLatency(),
}
