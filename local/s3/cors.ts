/** Cross-origin requests, judged by the bucket's rules: the first rule that fits decides. */
import { type Answer, emptyAnswer } from './answer.ts'
import { S3Fault } from './faults.ts'
import type { CorsRule } from './model.ts'
import type { S3Request } from './request.ts'

/** The answer to a preflight; it needs no credentials and no permission. */
export function preflight(rules: readonly CorsRule[], { ownHeader }: S3Request): Answer {
  const origin = ownHeader('origin')
  const method = ownHeader('access-control-request-method')
  if (origin === undefined)
    throw new S3Fault(400, 'BadRequest', 'Insufficient information. Origin request header needed.')
  if (method === undefined)
    throw new S3Fault(400, 'BadRequest', 'Invalid Access-Control-Request-Method: null')
  const headers = listed(ownHeader('access-control-request-headers'))
  const rule = findRule(rules, { origin, method, headers })
  if (!rule)
    throw new S3Fault(
      403,
      'AccessForbidden',
      rules.length === 0
        ? 'CORSResponse: CORS is not enabled for this bucket.'
        : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { headers: { vary: varies } },
    )
  return emptyAnswer(200, {
    ...corsHeaders(rule, origin),
    ...(headers.length > 0 ? { 'access-control-allow-headers': headers.join(', ') } : {}),
    'content-length': '0',
  })
}

/** The headers an ordinary answer gets when its request names an origin a rule allows. */
export function crossOriginHeaders(
  rules: readonly CorsRule[],
  { ownHeader, method }: S3Request,
): Record<string, string> {
  const origin = ownHeader('origin')
  if (rules.length === 0) return {}
  const rule = origin === undefined ? undefined : findRule(rules, { origin, method, headers: [] })
  return rule && origin !== undefined ? corsHeaders(rule, origin) : {}
}

const varies = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'

function corsHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const anyOrigin = rule.allowedOrigins.includes('*')
  const exposed = rule.exposeHeaders ?? []
  return {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(anyOrigin ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(exposed.length > 0 ? { 'access-control-expose-headers': exposed.join(', ') } : {}),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    vary: varies,
  }
}

interface Wanted {
  readonly origin: string
  readonly method: string
  readonly headers: readonly string[]
}

const findRule = (rules: readonly CorsRule[], { origin, method, headers }: Wanted) =>
  rules.find(
    (rule) =>
      rule.allowedMethods.includes(method) &&
      rule.allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      headers.every((header) =>
        (rule.allowedHeaders ?? []).some((pattern) => fits(pattern.toLowerCase(), header.toLowerCase())),
      ),
  )

/** At most one `*`, which stands for anything. */
function fits(pattern: string, text: string) {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const start = pattern.slice(0, star)
  const end = pattern.slice(star + 1)
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}

const listed = (header: string | undefined) =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
