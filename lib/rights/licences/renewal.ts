/** When a player comes back for the keys that follow. */

/**
 * Seconds until then: somewhere between a half and nine tenths of the time the licence reaches. A million players who
 * started together are spread over that, and each is back well before its last key ends.
 */
export function renewAfterSeconds(reachMs: number, chance: number): number {
  return Math.max(1, Math.floor((reachMs / 1000) * (0.5 + 0.4 * chance)))
}
