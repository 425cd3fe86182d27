/**
 * Pressure: where a store was too busy to answer, windows further back are not read for a while, so that what is left
 * of it is the live edge's, which everybody watches.
 */
import { HeadendError } from '../../errors.ts'

/** For how long, in seconds; caches keep the refusal as long. */
export const relievedSeconds = 5

/** Of one environment. */
export interface Pressure {
  /** Whether a read found a store too busy within the last `relievedSeconds`. */
  isOn(): boolean
  /** Runs reads and notes what they find; throws what they throw. */
  during<Value>(reads: () => Promise<Value>): Promise<Value>
}

/** None yet; `now` in epoch milliseconds. */
export function pressure(now: () => number): Pressure {
  let untilMs = Number.NEGATIVE_INFINITY
  return {
    isOn: () => now() < untilMs,
    async during(reads) {
      try {
        return await reads()
      } catch (error) {
        if (isBusy(error)) untilMs = now() + relievedSeconds * 1000
        throw error
      }
    },
  }
}

/** Keys that are not told yet are no store that is busy. */
const isBusy = (error: unknown): boolean =>
  error instanceof HeadendError && error.status === 503 && error.code !== 'CHANNEL_KEYS'
