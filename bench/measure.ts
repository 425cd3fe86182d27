/** How long something takes, again and again. */

/** One line of the table, and of `bench/results.json`. */
export interface Result {
  readonly bench: string
  readonly case: string
  readonly unit: 'ms' | 'MB/s' | 'bytes' | 'x'
  readonly p50: number
  readonly p99?: number
  readonly note?: string
}

/** Milliseconds of each of `times` runs after a few to warm up. */
export async function timesOf(times: number, run: () => unknown): Promise<number[]> {
  for (let i = 0; i < Math.min(5, times); i++) await run()
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await run()
    all.push(performance.now() - start)
  }
  return all
}

/** The value that `share` of all are at or below. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? Number.NaN
}
