/** How long something takes, again and again, and whether that is good enough. */
import { existsSync, openSync, readSync } from 'node:fs'

/** One line of the table, and of `bench/results.json`. */
export interface Result {
  readonly bench: string
  readonly case: string
  readonly unit: 'ms' | 's' | 'MB/s' | 'MB' | 'KB' | 'bytes' | 'x' | '%' | 'GETs'
  readonly p50: number
  readonly p99?: number
  readonly note?: string
  readonly goal?: Goal
}

/** A bound on what is measured; of the p99 where it says so. */
export interface Goal {
  readonly of?: 'p99'
  readonly atLeast?: number
  readonly atMost?: number
}

/** Whether a result keeps its goal; undefined where it has none. */
export function isMet({ p50, p99, goal }: Result): boolean | undefined {
  if (!goal) return undefined
  const value = goal.of === 'p99' ? (p99 ?? Number.NaN) : p50
  return value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity)
}

/** Milliseconds of each of `times` runs after a few to warm up, less what this thread waited for a core meanwhile. */
export async function timesOf(times: number, run: () => unknown, warmUps = 5): Promise<number[]> {
  for (let i = 0; i < warmUps; i++) await run()
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const waited = waitedMs()
    const start = performance.now()
    await run()
    const end = performance.now()
    all.push(Math.max(0, end - start - (waitedMs() - waited)))
  }
  return all
}

const schedstat = existsSync('/proc/self/schedstat') ? openSync('/proc/self/schedstat', 'r') : undefined
const line = Buffer.alloc(128)

/** How long this thread was ready to run and others did: a hundredth of all runs would tell of them and not of ours. */
function waitedMs(): number {
  if (schedstat === undefined) return 0
  const length = readSync(schedstat, line, 0, line.length, 0)
  return Number(line.toString('latin1', 0, length).split(' ')[1]) / 1e6
}

/** The value that `share` of all are at or below. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? Number.NaN
}

/** The value in the middle. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)
