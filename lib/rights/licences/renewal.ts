/** Licence renewal time. */

/**
 * Seconds until renewal: a random point between 50 % and 90 % of the time the licence covers. It spreads the renewals
 * of players that started together, and each comes well before its last key ends.
 */
export function renewAfterSeconds(reachMs: number, chance: number): number {
  return Math.max(1, Math.floor((reachMs / 1000) * (0.5 + 0.4 * chance)))
}
