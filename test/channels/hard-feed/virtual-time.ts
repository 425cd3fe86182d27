/** Time that passes when nothing else is to be done: work begins when it is due, side by side with what sleeps. */

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** A clock, and what is to be done by it. */
export function virtualTime(fromMs: number) {
  let nowMs = fromMs
  let order = 0
  const dues: Due[] = []
  let done = 0
  const errors: unknown[] = []
  const add = (atMs: number, run: () => void): void => {
    const due = { atMs: Math.max(atMs, nowMs), order: order++, run }
    // Sleepers are few, and what is planned lies behind them: from the front it is found soon.
    let [low, high] = [done, dues.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = dues[middle]
      if (other && (other.atMs < due.atMs || (other.atMs === due.atMs && other.order < due.order)))
        low = middle + 1
      else high = middle
    }
    dues.splice(low, 0, due)
  }
  return {
    now: () => nowMs,
    sleep: (ms: number) => new Promise<void>((resolve) => add(nowMs + ms, resolve)),
    at: (atMs: number, work: () => Promise<unknown>): void => {
      add(atMs, () => void work().catch((error: unknown) => errors.push(error)))
    },
    /** Until there is nothing left to do; rejects with the first error of what was done. */
    run: async (): Promise<void> => {
      for (let due = dues[done++]; due; due = dues[done++]) {
        nowMs = due.atMs
        due.run()
        // Stores in memory answer in microtasks: behind them all sleep, or are done.
        await new Promise((resolve) => setImmediate(resolve))
        if (errors.length > 0) throw errors[0]
      }
    },
  }
}
