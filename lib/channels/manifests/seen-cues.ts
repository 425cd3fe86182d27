/** What is remembered of manifests: each names a cue for as long as its window is, every few seconds. */

/** Asked before anything is read for a cue. */
export interface SeenCues {
  /** True once it was kept, was known, or can not be read; and when it was tried in vain too often. */
  isDone(key: string): boolean
  done(key: string): void
  /** What it needs has not come: it is tried again with the next manifest, some times. */
  waits(key: string): void
}

const maxKeys = 50_000
/** A manifest may come before the segment it names is taken. */
const maxTries = 5

/** Remembers as long as a function lives: another one looks for itself, and finds what is kept. */
export function seenCues(): SeenCues {
  const tries = new Map<string, number>()
  const put = (key: string, count: number): void => {
    tries.delete(key)
    tries.set(key, count)
    if (tries.size <= maxKeys) return
    const [oldest = ''] = tries.keys()
    tries.delete(oldest)
  }
  return {
    isDone: (key) => (tries.get(key) ?? 0) >= maxTries,
    done: (key) => put(key, maxTries),
    waits: (key) => put(key, (tries.get(key) ?? 0) + 1),
  }
}
