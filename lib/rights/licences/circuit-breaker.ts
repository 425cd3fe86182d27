/**
 * A circuit breaker that keeps players from all querying a failing licence server: closed while it responds, open for a
 * while after repeated failures, then half-open, when a single request probes it.
 */

/** State of a licence server's breaker. */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number }
  /** A probe has been in flight since `sinceMs`. */
  | { readonly state: 'half-open'; readonly sinceMs: number }

/** The state of a server not queried yet. */
export const closedBreaker: Breaker = { state: 'closed', failures: 0 }

const maxFailures = 5
const openMs = 10_000

/** Whether a request may be sent now, and the breaker's next state. */
export function admit(
  breaker: Breaker,
  nowMs: number,
): { readonly admitted: boolean; readonly breaker: Breaker } {
  switch (breaker.state) {
    case 'closed':
      return { admitted: true, breaker }
    case 'open':
      if (nowMs < breaker.untilMs) return { admitted: false, breaker }
      return { admitted: true, breaker: { state: 'half-open', sinceMs: nowMs } }
    case 'half-open':
      // A probe that never returned must not keep the breaker open forever.
      if (nowMs < breaker.sinceMs + openMs) return { admitted: false, breaker }
      return { admitted: true, breaker: { state: 'half-open', sinceMs: nowMs } }
  }
}

/** The breaker after a response or a failure. */
export function settle(breaker: Breaker, hasAnswered: boolean, nowMs: number): Breaker {
  if (hasAnswered) return breaker.state === 'open' ? breaker : closedBreaker
  const failures = breaker.state === 'closed' ? breaker.failures + 1 : maxFailures
  if (breaker.state === 'open') return breaker
  return failures < maxFailures ? { state: 'closed', failures } : { state: 'open', untilMs: nowMs + openMs }
}
