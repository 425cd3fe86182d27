/** `AWS::ApiGatewayV2::*`: an HTTP API with its routes, integrations and authorizers. */
import { LocalError } from '../errors.ts'
import type { Credentials } from '../gateway/index.ts'
import { flag, optionalInteger, optionalRecord, optionalText, text, textMap, texts } from '../json-input.ts'
import type { Functions, Log } from '../lambda/index.ts'
import type { Authorize } from '../service.ts'
import type { Resource, Template } from '../template/model.ts'
import {
  type CorsConfiguration,
  type HttpApiOptions,
  type HttpRoute,
  iamAuthorizer,
  type RouteAuthorizer,
} from './index.ts'

export interface HttpApiSettings {
  readonly template: Template
  readonly functions: Functions
  readonly log: Log
  readonly credentials: Credentials
  readonly authorize: Authorize
}

/** Everything the template says about one API. */
export function httpApiOptions(
  { template, functions, log, credentials, authorize }: HttpApiSettings,
  api: Resource,
): HttpApiOptions {
  const stage = template
    .ofType('AWS::ApiGatewayV2::Stage')
    .find(({ properties }) => properties['ApiId'] === api.name)
  const routes = template
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties['ApiId'] === api.name)
    .map((route) => limited(routeOf(template, route), stage))
  const cors = optionalRecord(api.properties, 'CorsConfiguration')
  const variables = stage && textMap(stage.properties, 'StageVariables')
  return {
    apiId: api.name,
    routes,
    stage: stage?.name ?? '$default',
    functions,
    log,
    iam: iamAuthorizer({ credentials, authorize, now: Date.now }),
    ...(variables !== undefined && Object.keys(variables).length > 0 && { stageVariables: variables }),
    ...(cors !== undefined && { cors: corsOf(cors) }),
  }
}

function routeOf(template: Template, { id, properties }: Resource): HttpRoute {
  const target = text(properties, 'Target').replace(/^integrations\//, '')
  const integration = template.ofType('AWS::ApiGatewayV2::Integration').find(({ name }) => name === target)
  if (integration?.properties['IntegrationType'] !== 'AWS_PROXY') {
    throw notHere(id, 'a Lambda proxy integration', integration?.properties['IntegrationType'])
  }
  const version = integration.properties['PayloadFormatVersion']
  if (version !== '2.0') throw notHere(integration.id, 'PayloadFormatVersion 2.0', version)
  const timeoutMs = optionalInteger(integration.properties, 'TimeoutInMillis')
  const authorizer = authorizerOf(template, id, properties)
  return {
    routeKey: text(properties, 'RouteKey'),
    functionName: functionIn(text(integration.properties, 'IntegrationUri')),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(authorizer !== undefined && { authorizer }),
  }
}

/** The route with its own limit, or that of all routes of the stage, each for itself. */
function limited(route: HttpRoute, stage: Resource | undefined): HttpRoute {
  const own = optionalRecord(optionalRecord(stage?.properties ?? {}, 'RouteSettings') ?? {}, route.routeKey)
  const settings = { ...optionalRecord(stage?.properties ?? {}, 'DefaultRouteSettings'), ...own }
  const perSecond = optionalInteger(settings, 'ThrottlingRateLimit')
  const burst = optionalInteger(settings, 'ThrottlingBurstLimit')
  if (perSecond === undefined || burst === undefined) return route
  return { ...route, limit: { perSecond, burst } }
}

function authorizerOf(
  template: Template,
  route: string,
  properties: Resource['properties'],
): RouteAuthorizer | undefined {
  const type = optionalText(properties, 'AuthorizationType') ?? 'NONE'
  if (type === 'NONE') return undefined
  if (type === 'AWS_IAM') return 'AWS_IAM'
  const found = template
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .find(({ name }) => name === properties['AuthorizerId'])
  if (type !== 'CUSTOM' || found === undefined)
    throw notHere(route, 'AuthorizationType NONE, AWS_IAM or CUSTOM', type)
  const kind = [
    found.properties['AuthorizerType'],
    found.properties['AuthorizerPayloadFormatVersion'],
    found.properties['EnableSimpleResponses'],
  ].join(' ')
  if (kind !== 'REQUEST 2.0 true')
    throw notHere(found.id, 'a REQUEST authorizer of payload 2.0 with simple responses', kind)
  return {
    authorizerId: found.name,
    functionName: functionIn(text(found.properties, 'AuthorizerUri')),
    identitySource: texts(found.properties, 'IdentitySource'),
    resultTtlSeconds: optionalInteger(found.properties, 'AuthorizerResultTtlInSeconds') ?? 300,
  }
}

/** The function's ARN, also out of `arn:aws:apigateway:…:lambda:path/…/functions/<arn>/invocations`. */
function functionIn(uri: string): string {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri
}

function corsOf(cors: Resource['properties']): CorsConfiguration {
  const maxAge = optionalInteger(cors, 'MaxAge')
  return {
    allowOrigins: texts(cors, 'AllowOrigins'),
    allowMethods: texts(cors, 'AllowMethods'),
    allowHeaders: texts(cors, 'AllowHeaders'),
    exposeHeaders: texts(cors, 'ExposeHeaders'),
    allowCredentials: flag(cors, 'AllowCredentials'),
    ...(maxAge !== undefined && { maxAgeSeconds: maxAge }),
  }
}

function notHere(id: string, expected: string, got: unknown): LocalError {
  return new LocalError(
    'API_NOT_HERE',
    `${id}: this cloud knows ${expected}, the template has ${JSON.stringify(got)}`,
  )
}
