/** Retries after a conflict with another writer or a busy service, with growing pauses. */
import type { HeadendError } from '../errors.ts'

/** The randomness and the timer of pauses. */
export interface Pauses {
  /** In [0, 1). */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** The pauses used outside tests. */
export const realPauses: Pauses = {
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

const firstPauseMs = 25
const maxPauseMs = 800

/**
 * The pause before a try, `turn` counted from 0: random, up to a bound that doubles. Writers in conflict are spread
 * over all of it ("full jitter"); a fixed pause would make them conflict again.
 */
export const pauseMs = (turn: number, random: Pauses['random']): number =>
  turn === 0 ? 0 : random() * Math.min(maxPauseMs, firstPauseMs * 2 ** (turn - 1))

/** Returned by an attempt that lost to another writer. */
export const again: unique symbol = Symbol('again')

/** The number of tries, and the error when they are used up. */
export interface Tries {
  readonly most: number
  readonly exhausted: () => HeadendError
  readonly pauses?: Pauses
}

/** The first result that is not `again`. An error ends the retries. */
export async function untilDone<Value>(
  attempt: (turn: number) => Promise<Value | typeof again>,
  { most, exhausted, pauses = realPauses }: Tries,
): Promise<Value> {
  for (let turn = 0; turn < most; turn++) {
    if (turn > 0) await pauses.sleep(pauseMs(turn, pauses.random))
    const done = await attempt(turn)
    if (done !== again) return done
  }
  throw exhausted()
}
