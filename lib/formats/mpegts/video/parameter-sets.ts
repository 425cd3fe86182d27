/** Parameter sets that a stream repeats: a change is one of content, not of arrival. */

import { sameBytes } from '../same-bytes.ts'

/** Fields of 16 bits hold the length of a set in a file. */
const maxSetBytes = 65535

/** The newest set of each id. */
export class ParameterSets<Facts> {
  readonly #sets = new Map<number, { readonly nal: Uint8Array; readonly facts: Facts }>()
  readonly facts = new Map<number, Facts>()

  /** Takes one; `read` is called only if the set is new. */
  take(nal: Uint8Array, read: (nal: Uint8Array) => { readonly id: number; readonly facts: Facts }): void {
    if (nal.length > maxSetBytes) return
    for (const known of this.#sets.values()) if (sameBytes(known.nal, nal)) return
    const copy = nal.slice()
    const { id, facts } = read(copy)
    this.#sets.set(id, { nal: copy, facts })
    this.facts.set(id, facts)
  }

  /** In order of their ids. */
  get nals(): Uint8Array[] {
    return [...this.#sets].toSorted(([a], [b]) => a - b).map(([, { nal }]) => nal)
  }
}
