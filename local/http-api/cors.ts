/** The CORS configuration of an HTTP API: it answers preflights itself and owns the headers of every answer. */
import type { IncomingMessage } from 'node:http'

/** `CorsConfiguration` of `AWS::ApiGatewayV2::Api`. */
export interface CorsConfiguration {
  readonly allowOrigins?: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly maxAgeSeconds?: number
  readonly allowCredentials?: boolean
}

export function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  )
}

/** Headers of a 204; none of them when the origin is not allowed. */
export function preflightHeaders(cors: CorsConfiguration, request: IncomingMessage): Record<string, string> {
  const origin = allowedOrigin(cors, request)
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    ...credentials(cors),
    ...list('access-control-allow-methods', cors.allowMethods),
    ...list('access-control-allow-headers', cors.allowHeaders),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  }
}

/** Headers added to the answer of a request with an Origin; the integration's own are dropped. */
export function corsHeaders(cors: CorsConfiguration, request: IncomingMessage): Record<string, string> {
  const origin = allowedOrigin(cors, request)
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    ...credentials(cors),
    ...list('access-control-expose-headers', cors.exposeHeaders),
  }
}

function allowedOrigin(
  { allowOrigins = [] }: CorsConfiguration,
  request: IncomingMessage,
): string | undefined {
  const { origin } = request.headers
  if (origin === undefined) return undefined
  if (allowOrigins.includes('*')) return '*'
  const allowed = allowOrigins.some((each) => {
    // `https://*` and `http://*` stand for every host of the scheme.
    return each.endsWith('://*') ? origin.startsWith(each.slice(0, -1)) : each === origin
  })
  return allowed ? origin : undefined
}

function credentials(cors: CorsConfiguration): Record<string, string> {
  return cors.allowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}
}

function list(name: string, values: readonly string[] | undefined): Record<string, string> {
  return values === undefined || values.length === 0 ? {} : { [name]: values.join(',') }
}
