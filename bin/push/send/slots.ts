/** Work that runs at most so many at a time; the rest waits its turn, in order. */

/** Runs work when a slot is free. */
export type Slots = <Value>(work: () => Promise<Value>) => Promise<Value>

/** So many slots. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // A slot that somebody waits for is handed on: it is never free in between.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
