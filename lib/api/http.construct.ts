/** The operator's HTTP API: its routes, the authorizer that runs before the API, and rate limits. */
import { Duration } from 'aws-cdk-lib'
import { AccessLogField } from 'aws-cdk-lib/aws-apigateway'
import { CorsHttpMethod, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import type { Construct } from 'constructs'
import type { HouseFunction } from '../platform/constructs/function.construct.ts'
import { HouseHttpApi } from '../platform/constructs/http-api.construct.ts'

export interface OperatorHttpProps {
  /** Handles admitted requests. */
  readonly api: HouseFunction
  /** The authorizer. */
  readonly gate: HouseFunction
}

/**
 * The gateway's limit of requests per second and method: bad tokens count, too, so it is much more than operators need.
 */
const perSecond = 1000
/** The limit of routes open to anybody: each such request runs the API. */
const openPerSecond = 20
const methods = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]

/** Created in `scope` itself, so that logical ids stay unchanged. */
export function operatorHttp(scope: Construct, { api, gate }: OperatorHttpProps): HouseHttpApi {
  const authorizer = new HttpLambdaAuthorizer('Gate', gate, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    // Requests without it are refused by the gateway, and nothing runs.
    identitySource: ['$request.header.Authorization'],
    resultsCacheTtl: Duration.minutes(1),
  })
  const open = ['/health', '/openapi.json'].map((path) => ({
    path,
    methods: [HttpMethod.GET],
    perSecond: openPerSecond,
    openBecause: 'Says that the API is there, and what it takes; it holds nothing of anybody.',
  }))
  return new HouseHttpApi(scope, '', {
    description: "headend's operator API",
    handler: api,
    routes: [{ path: '/v1/{proxy+}', methods, authorizer }, ...open],
    perSecond,
    cors: {
      // Any origin, because a bearer token is sent on purpose and never by the browser itself.
      allowOrigins: ['*'],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: ['authorization', 'content-type'],
      maxAge: Duration.hours(1),
    },
    alsoLogged: {
      bytes: AccessLogField.contextResponseLength(),
      error: AccessLogField.contextErrorMessage(),
    },
  })
}
