/**
 * How long a response may be served from the cache ("Manage how long content stays in the cache",
 * "HTTP 4xx and 5xx status codes that CloudFront caches", "Control how long CloudFront caches errors").
 */
import type { ErrorResponse } from '../config.ts'
import { type Headers, headerOf } from '../message.ts'
import type { CachePolicy } from '../policies.ts'

export interface Freshness {
  /** 0: not kept. */
  readonly ttlSeconds: number
  /** Simultaneous requests for the same key may share this response. */
  readonly shareable: boolean
  readonly staleWhileRevalidateSeconds: number
  /** Undefined: CloudFront's own rule, which serves what it has as long as the origin fails. */
  readonly staleIfErrorSeconds: number | undefined
}

const defaultErrorTtlSeconds = 10
/** Cached although the origin says nothing. */
const errorsCached = new Set([404, 410, 414, 500, 501, 502, 503, 504])
/** Cached only with max-age or s-maxage. */
const errorsCachedOnRequest = new Set([400, 403, 405, 412, 415])
/** Errors whose no-store, no-cache and private are respected. */
const errorsThatMayForbid = new Set([404, 410, 414, 501])

export function freshnessOf({
  status,
  headers,
  policy,
  errorResponses,
  nowMs,
}: {
  readonly status: number
  readonly headers: Headers
  readonly policy: CachePolicy
  readonly errorResponses: readonly ErrorResponse[]
  readonly nowMs: number
}): Freshness {
  const control = readControl(headerOf(headers, 'cache-control') ?? '')
  const asked = control.maximumSeconds ?? expiresIn(headers, nowMs)
  const unlimited = policy.maxTtlSeconds > 0
  const shared = {
    staleWhileRevalidateSeconds: control.staleWhileRevalidateSeconds,
    staleIfErrorSeconds: control.mustRevalidate ? 0 : control.staleIfErrorSeconds,
  }
  if (status >= 400) {
    const ttlSeconds = errorTtl({ status, control, asked, policy, errorResponses })
    return { ...shared, ttlSeconds, shareable: unlimited }
  }
  // With a minimum TTL of 0 these responses are for one viewer; a higher minimum overrides the origin.
  const personal = policy.minTtlSeconds === 0 && (control.forbidden || asked === 0)
  const ttlSeconds = control.forbidden
    ? policy.minTtlSeconds
    : asked === undefined
      ? Math.max(policy.minTtlSeconds, policy.defaultTtlSeconds)
      : Math.max(policy.minTtlSeconds, Math.min(asked, policy.maxTtlSeconds))
  return { ...shared, ttlSeconds: status === 304 ? 0 : ttlSeconds, shareable: unlimited && !personal }
}

/** Seconds the origin's Age header says have passed already. */
export function ageOf(headers: Headers): number {
  const age = Number(headerOf(headers, 'age') ?? 0)
  return Number.isFinite(age) && age > 0 ? Math.floor(age) : 0
}

interface Control {
  readonly forbidden: boolean
  readonly mustRevalidate: boolean
  /** s-maxage, else max-age. */
  readonly maximumSeconds: number | undefined
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number | undefined
}

function readControl(text: string): Control {
  const directives = new Map<string, string>()
  for (const part of text.toLowerCase().split(',')) {
    const [name = '', value = ''] = part.trim().split('=')
    directives.set(name, value.replaceAll('"', ''))
  }
  const seconds = (name: string): number | undefined => {
    const value = directives.get(name)
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
  }
  return {
    forbidden: ['no-store', 'no-cache', 'private'].some((name) => directives.has(name)),
    mustRevalidate: directives.has('must-revalidate') || directives.has('proxy-revalidate'),
    maximumSeconds: seconds('s-maxage') ?? seconds('max-age'),
    staleWhileRevalidateSeconds: seconds('stale-while-revalidate') ?? 0,
    staleIfErrorSeconds: seconds('stale-if-error'),
  }
}

/** Cache-Control goes before Expires; a date that cannot be read has passed. */
function expiresIn(headers: Headers, nowMs: number): number | undefined {
  const text = headerOf(headers, 'expires')
  if (text === undefined) return undefined
  const untilMs = Date.parse(text)
  return Number.isNaN(untilMs) ? 0 : Math.max(0, Math.floor((untilMs - nowMs) / 1000))
}

function errorTtl({
  status,
  control,
  asked,
  policy,
  errorResponses,
}: {
  readonly status: number
  readonly control: Control
  readonly asked: number | undefined
  readonly policy: CachePolicy
  readonly errorResponses: readonly ErrorResponse[]
}): number {
  const configured = errorResponses.find(({ errorCode }) => errorCode === status)?.cachingMinTtlSeconds
  const minimum = configured ?? defaultErrorTtlSeconds
  if (errorsThatMayForbid.has(status) && control.forbidden) return 0
  if (errorsCached.has(status)) return Math.max(minimum, Math.min(asked ?? 0, policy.maxTtlSeconds))
  if (errorsCachedOnRequest.has(status) && control.maximumSeconds !== undefined) {
    return Math.max(minimum, Math.min(control.maximumSeconds, policy.maxTtlSeconds))
  }
  return 0
}
