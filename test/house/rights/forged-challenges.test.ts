/** Thousands of challenges, most of them forged or damaged: none that may name a foreign key reaches a server. */
import { expect, it } from 'vitest'
import { challengesInTests, tallyOf } from '../../rights/licences/challenge-outcome.ts'

it(`of ${challengesInTests} challenges none is passed on in which the most lenient reader finds a foreign key`, async () => {
  const { faults, passed, refused, unread, foreign } = await tallyOf(0, challengesInTests)
  expect(faults.slice(0, 20)).toEqual([])
  // All ways out are taken often, or the property says little.
  for (const count of [passed, refused, unread, foreign])
    expect(count).toBeGreaterThan(challengesInTests / 10)
}, 600_000)
