/** What came of mutated challenges at the desk. */
import { foreign, mutantOf, own } from './challenge-mutants.ts'
import { mayName } from './lenient-reader.ts'
import { openDesk } from './licence-desk.ts'

/** Numbers of challenges by what was done to them, and what was done wrongly. */
export interface Tally {
  readonly faults: readonly string[]
  readonly passed: number
  readonly refused: number
  readonly unread: number
  /** Of those in which a foreign key may be named, by the lenient reader. */
  readonly foreign: number
}

/** So many are sent in every run of the tests; the soak goes on with the next. */
export const challengesInTests = 25_000

/** Sends the challenges of the numbers; a fault is one that passed though a foreign key may be named in it. */
export async function tallyOf(from: number, through: number): Promise<Tally> {
  const tally = { faults: [] as string[], passed: 0, refused: 0, unread: 0, foreign: 0 }
  const { send, passed, lines } = openDesk(own)
  for (let seed = from; seed < through; seed++) {
    const { sent, isWhole, isForeign } = mutantOf(seed)
    const outcome = await send(sent)
    const names = mayName(sent, foreign)
    if (names) tally.foreign++
    if (outcome === 'passed') tally.passed++
    else if (outcome.startsWith('403')) tally.refused++
    else tally.unread++
    if (isWhole && isForeign && !names) tally.faults.push(`${seed}: the lenient reader finds nothing`)
    if (outcome === 'passed' && names) tally.faults.push(`${seed}: passed`)
    if (outcome === 'passed' && passed.length !== 1) tally.faults.push(`${seed}: no server was asked`)
    if (outcome !== 'passed' && passed.length > 0)
      tally.faults.push(`${seed}: refused, and a server was asked`)
    if (isWhole && !isForeign && outcome !== 'passed')
      tally.faults.push(`${seed}: ${outcome}, though it is whole and its own`)
    passed.length = 0
    lines.length = 0
  }
  return tally
}
