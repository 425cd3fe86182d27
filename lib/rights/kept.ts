/** What is read seldom and asked for often. */

/** Gives what was read, at most so old; without an age, as old as the keeper lets it become. */
export type Kept<Value> = (oldestMs?: number) => Promise<Value>

/** Reads again when what was read is older than `forMs`; who ask at once share one reading, a failed one is not kept. */
export function keptFor<Value>(forMs: number, now: () => number, read: () => Promise<Value>): Kept<Value> {
  let kept: { readonly value: Promise<Value>; readonly sinceMs: number } | undefined
  return (oldestMs = forMs) => {
    if (kept && now() - kept.sinceMs < oldestMs) return kept.value
    const fresh = { value: read(), sinceMs: now() }
    kept = fresh
    fresh.value.catch(() => {
      if (kept === fresh) kept = undefined
    })
    return fresh.value
  }
}
