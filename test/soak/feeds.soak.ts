/** Half hours of two pipelines on which everything goes wrong that does, with other seeds than CI has. */
import { describe, it } from 'vitest'
import { expectWhole } from '../channels/hard-feed/expect-whole.ts'
import { ranPlan } from '../channels/hard-feed/run-plan.ts'

const seeds = Array.from({ length: 25 }, (_, i) => 100 + i)

describe.each(['ts', 'cmaf'] as const)('half an hour of %s', (form) => {
  describe.each(['bursts', 'echoes'] as const)('told of in %s', (shuffle) => {
    it.each(seeds)('is published once and in order: seed %i', async (seed) => {
      expectWhole(await ranPlan({ seed, form, shuffle }))
    })
  })
})
