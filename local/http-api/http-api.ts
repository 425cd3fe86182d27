/** An HTTP API (`AWS::ApiGatewayV2::Api`) in front of functions: routes, CORS, authorizers, payload format 2.0. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Functions, type Log, readBody } from '../lambda/index.ts'
import { AwsFault, account, type Caller, region } from '../service.ts'
import { within } from '../within.ts'
import { type Answer, answerOf, renamedHeaders } from './answer.ts'
import { createAuthorizers, type RequestAuthorizer } from './authorizer.ts'
import { type CorsConfiguration, corsHeaders, isPreflight, preflightHeaders } from './cors.ts'
import type { IamAuthorizer } from './iam.ts'
import { payloadEvent, requestEvent, splitTarget } from './payload.ts'
import { chooseRoute, type Match, type RouteKey } from './routes.ts'
import { createThrottle, type RouteLimit } from './throttle.ts'

/** A route with its AWS_PROXY integration. */
export interface HttpRoute extends RouteKey {
  /** Name or ARN of the integration's function. */
  readonly functionName: string
  /** At most 30 s. */
  readonly timeoutMs?: number
  readonly authorizer?: RouteAuthorizer
  /** None, and the account's own limits are the only ones, which are not kept here. */
  readonly limit?: RouteLimit
}

/** Who lets requests through: a function, or the signature of whoever asks. */
export type RouteAuthorizer = RequestAuthorizer | 'AWS_IAM'

export interface HttpApiOptions {
  readonly apiId: string
  readonly routes: readonly HttpRoute[]
  /** `$default` or a name that leads the path. */
  readonly stage: string
  readonly stageVariables?: Readonly<Record<string, string>>
  readonly cors?: CorsConfiguration
  readonly functions: Functions
  readonly log: Log
  /** Epoch milliseconds. @default the clock */
  readonly now?: () => number
  /** How long an authorizer is waited for. @default as long as API Gateway waits */
  readonly authorizerTimeoutMs?: number
  /** Judges what comes to routes of AWS_IAM; none, and nobody comes through. */
  readonly iam?: IamAuthorizer
}

export interface HttpApi {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

const maximumTimeoutMs = 30_000
const requestLimitBytes = 10 * 1024 * 1024

export function createHttpApi(options: HttpApiOptions): HttpApi {
  const { cors, now = Date.now } = options
  const authorize = createAuthorizers(options.functions, { now, timeoutMs: options.authorizerTimeoutMs })
  const hasRoom = createThrottle(now)

  const answer = async (request: IncomingMessage, requestId: string): Promise<Answer> => {
    const target = decodedTarget(request.url ?? '/')
    const path = target && stagePath(target.rawPath, options.stage)
    const match = path === undefined ? undefined : chooseRoute(options.routes, request.method ?? 'GET', path)
    // A route that takes OPTIONS and wants to know who asks wants to know it of preflights, too.
    if (cors !== undefined && isPreflight(request) && match?.route.authorizer === undefined) {
      request.resume()
      return { status: 204, headers: preflightHeaders(cors, request), body: Buffer.alloc(0) }
    }
    const body = await readBody(request, requestLimitBytes)
    if (target === undefined) return message(400, 'Bad Request')
    if (match === undefined) return message(404, 'Not Found')
    if (!hasRoom(match.route)) return message(429, 'Too Many Requests')
    if (body === undefined) return message(413, 'Request Entity Too Large')
    return invokeRoute({ options, authorize, request, target, body, match, requestId })
  }

  return {
    async handle(request, response) {
      const requestId = randomUUID()
      const { status, headers, body } = await answer(request, requestId)
      const own = cors === undefined ? headers : withoutCors(headers)
      response.writeHead(status, {
        ...mutable(own),
        ...(cors === undefined || isPreflight(request) ? {} : corsHeaders(cors, request)),
        ...(isPreflight(request) ? mutable(headers) : {}),
        ...(status === 204 ? {} : { 'content-length': body.length }),
        'apigw-requestid': requestId,
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    },
  }
}

interface Turn {
  readonly options: HttpApiOptions
  readonly authorize: ReturnType<typeof createAuthorizers>
  readonly request: IncomingMessage
  readonly target: Target
  readonly body: Buffer
  readonly match: Match<HttpRoute>
  readonly requestId: string
}

async function invokeRoute(turn: Turn): Promise<Answer> {
  const { options, authorize, request, target, body, match, requestId } = turn
  const { apiId, stage, functions, stageVariables } = options
  const { route, pathParameters } = match
  const named = Object.keys(pathParameters).length > 0
  const facts = {
    request,
    body,
    ...target,
    apiId,
    domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
    requestId,
    routeKey: route.routeKey,
    stage,
    ...(named ? { pathParameters } : {}),
    ...(stageVariables === undefined ? {} : { stageVariables }),
    now: new Date(),
  }
  const routeArn = arnOf(options, request, route)
  const caller: Caller = { kind: 'service', principal: 'apigateway.amazonaws.com', sourceArn: routeArn }
  let authorizer: Record<string, unknown> | undefined
  if (route.authorizer === 'AWS_IAM') {
    const iam = options.iam?.({ request, body, routeArn })
    if (iam === undefined) return message(403, 'Forbidden')
    authorizer = { iam }
  } else if (route.authorizer !== undefined) {
    const verdict = await authorize({
      authorizer: route.authorizer,
      event: requestEvent(facts),
      routeArn,
      caller: { ...caller, sourceArn: authorizerArn(apiId, route.authorizer) },
    })
    if (verdict.kind === 'unauthorized') return message(401, 'Unauthorized')
    if (verdict.kind === 'forbidden') return message(403, 'Forbidden')
    if (verdict.kind === 'broken') return message(500, 'Internal Server Error')
    authorizer = { lambda: verdict.context }
  }
  const event = JSON.stringify(
    payloadEvent({ ...facts, ...(authorizer === undefined ? {} : { authorizer }) }),
  )
  try {
    const limitMs = Math.min(route.timeoutMs ?? maximumTimeoutMs, maximumTimeoutMs)
    const invocation = await within(
      limitMs,
      functions.invoke(route.functionName, event, { caller, requestId }),
    )
    if (invocation === undefined) return message(503, 'Service Unavailable')
    if (invocation.functionError !== undefined) return message(500, 'Internal Server Error')
    const result: unknown = JSON.parse(invocation.payload)
    const said = answerOf(result, 'text/plain;charset=UTF-8')
    return said ? { ...said, headers: renamedHeaders(said.headers) } : message(500, 'Internal Server Error')
  } catch (error) {
    if (error instanceof AwsFault && error.status === 413) return message(413, 'Request Entity Too Large')
    report(options.log, apiId, { requestId, error })
    return message(500, 'Internal Server Error')
  }
}

/** What a permission's SourceArn names for an authorizer, whatever the route. */
const authorizerArn = (apiId: string, { authorizerId }: RequestAuthorizer): string =>
  `arn:aws:execute-api:${region}:${account}:${apiId}/authorizers/${authorizerId}`

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<METHOD>/<route path>`, what a permission's SourceArn matches. */
function arnOf({ apiId, stage }: HttpApiOptions, request: IncomingMessage, { routeKey }: HttpRoute): string {
  const place =
    routeKey === '$default' ? '/$default' : `/${request.method}${routeKey.slice(routeKey.indexOf(' ') + 1)}`
  return `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}${place}`
}

type Target = ReturnType<typeof splitTarget>

/**
 * The target with its path as HTTP APIs route by it and hand it on: decoded, `%2F` too, cut off at a question mark that
 * comes out of that, and decoded once more; the query stays as it was sent. Undefined for what does not decode.
 */
function decodedTarget(url: string): Target | undefined {
  const { rawPath, rawQueryString } = splitTarget(url)
  try {
    const [once = ''] = decodeURIComponent(rawPath).split('?', 1)
    return { rawPath: decodeURIComponent(once), rawQueryString }
  } catch {
    return undefined
  }
}

/** The path inside the stage; undefined outside of it. */
function stagePath(path: string, stage: string): string | undefined {
  if (stage === '$default') return path
  if (path === `/${stage}`) return '/'
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined
}

function message(status: number, text: string): Answer {
  const body = Buffer.from(JSON.stringify({ message: text }))
  return { status, headers: { 'content-type': 'application/json' }, body }
}

function withoutCors(headers: Answer['headers']): Answer['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')))
}

function mutable(headers: Answer['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}

function report(log: Log, apiId: string, { requestId, error }: { requestId: string; error: unknown }): void {
  const text = error instanceof Error ? error.message : String(error)
  log({
    time: new Date().toISOString(),
    level: 'ERROR',
    source: `http-api/${apiId}`,
    requestId,
    message: text,
  })
}
