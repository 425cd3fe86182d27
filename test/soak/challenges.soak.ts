/** Challenges by the million: `HEADEND_SOAK_FROM` and `HEADEND_SOAK_COUNT` say which and how many. */
import { expect, it } from 'vitest'
import { challengesInTests, tallyOf } from '../rights/licences/challenge-outcome.ts'

const from = Number(process.env['HEADEND_SOAK_FROM'] ?? challengesInTests)
const count = Number(process.env['HEADEND_SOAK_COUNT'] ?? 1_000_000)

it(`challenges ${from} to ${from + count}: none that may name a foreign key is passed on`, async () => {
  expect((await tallyOf(from, from + count)).faults).toEqual([])
})
