/** Films made to lie by the thousand; a seed and a film's name are all it takes to see one again. */

import { judgedFilm } from '../films/outcome.ts'
import { disputeOf, isShownAlike } from '../ingest/dispute.ts'
import { mutantOf } from './mutants.ts'

/** A run of mutants of one film. */
export interface MutantRun {
  readonly name: string
  readonly film: Uint8Array
  readonly from: number
  readonly count: number
}

/** What is wrong with what became of them: ten at most, each with its seed. */
export async function faultsOfMutants({ name, film, from, count }: MutantRun): Promise<string[]> {
  const faults: string[] = []
  const { shelf: whole } = await judgedFilm(film)
  if (!whole) return [`${name} does not play as it is`]
  const comparable = await isShownAlike(whole, film)
  for (let seed = from; seed < from + count && faults.length < 10; seed++) {
    const { what, onlyLies, bytes } = mutantOf(film, seed)
    try {
      const { shelf } = await judgedFilm(bytes)
      const dispute = comparable && shelf && onlyLies && (await disputeOf(shelf, bytes))
      if (dispute) faults.push(`${name}, ${what}: ${dispute}`)
    } catch (error) {
      faults.push(`${name}, ${what}: ${String(error)}`)
    }
  }
  return faults
}
