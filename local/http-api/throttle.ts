/** The limit of a route: a bucket of tokens, one a request, whoever sends it and whatever becomes of it. */

/** `ThrottlingRateLimit` and `ThrottlingBurstLimit`. */
export interface RouteLimit {
  readonly perSecond: number
  readonly burst: number
}

interface LimitedRoute {
  readonly routeKey: string
  readonly limit?: RouteLimit
}

/**
 * Says whether a route takes one more request now. AWS does not say that refused requests cost no token, so here they do.
 */
export function createThrottle(now: () => number): (route: LimitedRoute) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return ({ routeKey, limit }) => {
    if (limit === undefined) return true
    const atMs = now()
    const bucket = buckets.get(routeKey) ?? { tokens: limit.burst, atMs }
    const refilled = bucket.tokens + ((atMs - bucket.atMs) / 1000) * limit.perSecond
    const tokens = Math.min(limit.burst, refilled)
    const hasRoom = tokens >= 1
    buckets.set(routeKey, { tokens: hasRoom ? tokens - 1 : tokens, atMs })
    return hasRoom
  }
}
