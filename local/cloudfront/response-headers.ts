/** A response headers policy at work: CORS, security and own headers, on every answer to a viewer. */
import { type EdgeRequest, type Headers, headerOf } from './message.ts'
import type { CorsPolicy, ResponseHeadersPolicy } from './policies.ts'

export function applyPolicy(
  headers: Headers,
  policy: ResponseHeadersPolicy | undefined,
  request: EdgeRequest,
): Headers {
  if (policy === undefined) return headers
  const result: Record<string, readonly string[]> = { ...headers }
  for (const name of policy.remove) delete result[name.toLowerCase()]
  if (policy.cors !== undefined) applyCors(result, policy.cors, request)
  for (const { name, value, override } of policy.set) {
    const key = name.toLowerCase()
    if (override || result[key] === undefined) result[key] = [value]
  }
  return result
}

/** Nothing is added for a request without Origin, or for an origin that is not allowed. */
function applyCors(headers: Record<string, readonly string[]>, cors: CorsPolicy, request: EdgeRequest): void {
  const origin = headerOf(request.headers, 'origin')
  if (origin === undefined) return
  const own = Object.keys(headers).filter((name) => name.startsWith('access-control-'))
  if (own.length > 0 && !cors.originOverride) return
  for (const name of own) delete headers[name]
  const any = cors.allowOrigins.includes('*')
  if (!any && !cors.allowOrigins.some((allowed) => matchesOrigin(allowed, origin))) return
  headers['access-control-allow-origin'] = [any ? '*' : origin]
  if (!any) headers['vary'] = ['Origin']
  if (cors.allowCredentials) headers['access-control-allow-credentials'] = ['true']
  if (cors.exposeHeaders.length > 0)
    headers['access-control-expose-headers'] = [cors.exposeHeaders.join(', ')]
  const preflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  if (!preflight) return
  const methods = cors.allowMethods.includes('ALL')
    ? ['GET', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
    : cors.allowMethods
  if (methods.length > 0) headers['access-control-allow-methods'] = [methods.join(', ')]
  if (cors.allowHeaders.length > 0) headers['access-control-allow-headers'] = [cors.allowHeaders.join(', ')]
  if (cors.maxAgeSeconds !== undefined) headers['access-control-max-age'] = [String(cors.maxAgeSeconds)]
}

/** `https://*.example.com`. */
function matchesOrigin(allowed: string, origin: string): boolean {
  const source = allowed.replaceAll(/[\\^$.|+?()[\]{}]/g, '\\$&').replaceAll('*', '[^/]*')
  return new RegExp(`^${source}$`).test(origin)
}
