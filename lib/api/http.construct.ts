/** The operator's HTTP API: what may be asked, who is let in before anything of ours runs, and how much at once. */
import { Duration, Validations } from 'aws-cdk-lib'
import { AccessLogField } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  type HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Construct } from 'constructs'
import type { HouseFunction } from '../platform/constructs/function.construct.ts'
import { stageOf } from '../platform/constructs/http-api.construct.ts'

export interface OperatorHttpProps {
  /** Answers what is let in. */
  readonly api: HouseFunction
  /** Says who is. */
  readonly gate: HouseFunction
}

/** What the gateway lets through a second of each method: a bad token counts, too, so it is much more than operators ask. */
const perSecond = 1000
/** Of what anybody may ask: each of these runs the API. */
const openPerSecond = 20
const methods = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]

/** In `scope` itself, so that logical ids stay as they were. */
export function operatorHttp(
  scope: Construct,
  { api, gate }: OperatorHttpProps,
): { readonly front: HttpApi; readonly stage: HttpStage } {
  const front = new HttpApi(scope, 'Http', {
    description: "headend's operator API",
    createDefaultStage: false,
    corsPreflight: {
      // Any origin, because a bearer token is sent on purpose and never by the browser itself.
      allowOrigins: ['*'],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: ['authorization', 'content-type'],
      maxAge: Duration.hours(1),
    },
  })
  const integration = new HttpLambdaIntegration('Handler', api)
  // Methods by name: a route for any would take preflights, too, and ask them for a token.
  front.addRoutes({
    path: '/v1/{proxy+}',
    methods,
    integration,
    authorizer: new HttpLambdaAuthorizer('Gate', gate, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      // Without it the gateway refuses by itself, and nothing runs.
      identitySource: ['$request.header.Authorization'],
      resultsCacheTtl: Duration.minutes(1),
    }),
  })
  const open = ['/health', '/openapi.json'].flatMap((path) =>
    front.addRoutes({ path, methods: [HttpMethod.GET], integration }),
  )
  const stage = stageOf(scope, '', {
    httpApi: front,
    perSecond,
    alsoLogged: {
      bytes: AccessLogField.contextResponseLength(),
      error: AccessLogField.contextErrorMessage(),
    },
  })
  for (const route of open) limit(stage, route)
  return { front, stage }
}

/** A limit of its own, so that who floods what is open locks nobody out of the rest. */
function limit(stage: HttpStage, route: HttpRoute): void {
  Validations.of(route).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason: 'Says that the API is there, and what it takes; it holds nothing of anybody.',
  })
  const { defaultChild } = stage.node
  const key = `${HttpMethod.GET} ${route.path}`
  if (!(defaultChild instanceof CfnStage)) return
  defaultChild.addPropertyOverride(`RouteSettings.${key.replaceAll('.', '\\.')}`, {
    ThrottlingRateLimit: openPerSecond,
    ThrottlingBurstLimit: openPerSecond,
  })
  // A route's settings are refused while there is no such route.
  stage.node.addDependency(route)
}
