/** Does something again that another writer or a busy service was in the way of, each time after a longer pause. */
import type { HeadendError } from '../errors.ts'

/** What pausing takes. */
export interface Pauses {
  /** In [0, 1). */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** Those of a function that runs. */
export const realPauses: Pauses = {
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

const firstPauseMs = 25
const maxPauseMs = 800

/**
 * The pause before a try, `turn` counted from 0: anything up to a bound that doubles. Writers who met once are spread
 * over the whole of it ("full jitter"), where a fixed pause would have them meet again.
 */
export const pauseMs = (turn: number, random: Pauses['random']): number =>
  turn === 0 ? 0 : random() * Math.min(maxPauseMs, firstPauseMs * 2 ** (turn - 1))

/** What an attempt gives that another was quicker than. */
export const again: unique symbol = Symbol('again')

/** How often something is tried, and what is thrown in the end. */
export interface Tries {
  readonly most: number
  readonly exhausted: () => HeadendError
  readonly pauses?: Pauses
}

/** What the first attempt gives that is not `again`. Errors are the attempt's own and end it. */
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
