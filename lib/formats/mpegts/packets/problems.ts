/** Faults of a stream: all are counted, and so many of a kind are said. */
import type { ErrorCode } from '../../../errors.ts'
import type { TsProblem } from './events.ts'

/** Of each code and PID. */
const maxSaid = 20

/** Counts faults by code. */
export class ProblemCounts {
  readonly #counts = new Map<ErrorCode, number>()
  readonly #said = new Map<string, number>()

  /** How often each was seen. */
  get counts(): ReadonlyMap<ErrorCode, number> {
    return this.#counts
  }

  /** Counts one; true if it is to be said, as a broken stream has millions. */
  add({ code, pid }: Pick<TsProblem, 'code' | 'pid'>): boolean {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
    const key = `${code} ${pid}`
    const said = (this.#said.get(key) ?? 0) + 1
    if (said <= maxSaid) this.#said.set(key, said)
    return said <= maxSaid
  }
}
