/**
 * Keeps a licence server that fails from being asked by every player at once: closed while it answers, open for a while
 * once it fails again and again, then half-open, when one request finds out.
 */

/** What is known of a server. */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number }
  /** One request is on its way since `sinceMs`. */
  | { readonly state: 'half-open'; readonly sinceMs: number }

/** A server nobody asked yet. */
export const closedBreaker: Breaker = { state: 'closed', failures: 0 }

const maxFailures = 5
const openMs = 10_000

/** Whether a request may go out now, and the breaker as it is then. */
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
      // A probe that never came back must not keep the door shut for good.
      if (nowMs < breaker.sinceMs + openMs) return { admitted: false, breaker }
      return { admitted: true, breaker: { state: 'half-open', sinceMs: nowMs } }
  }
}

/** The breaker after an answer, or after none came. */
export function settle(breaker: Breaker, hasAnswered: boolean, nowMs: number): Breaker {
  if (hasAnswered) return breaker.state === 'open' ? breaker : closedBreaker
  const failures = breaker.state === 'closed' ? breaker.failures + 1 : maxFailures
  if (breaker.state === 'open') return breaker
  return failures < maxFailures ? { state: 'closed', failures } : { state: 'open', untilMs: nowMs + openMs }
}
