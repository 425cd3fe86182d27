/** Half an hour of two pipelines on which everything goes wrong that does: what is published is as if little had. */
import { describe, it } from 'vitest'
import { expectWhole } from './expect-whole.ts'
import { ranPlan } from './run-plan.ts'

describe('half an hour of two pipelines, each object told of three times', () => {
  it.each([
    { seed: 1, form: 'ts', shuffle: 'bursts' },
    { seed: 2, form: 'cmaf', shuffle: 'echoes' },
  ] as const)(
    'is published once and in order: %j',
    async (options) => {
      expectWhole(await ranPlan(options))
    },
    300_000,
  )
})
