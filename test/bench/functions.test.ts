import { expect, it } from 'vitest'
import { functions } from '../../bench/functions.ts'

it('loads every function as the stacks configure it', async () => {
  const results = await functions(1)
  expect(results.filter(({ p50 }) => !Number.isFinite(p50))).toEqual([])
  const loaded = results.map((one) => one.case).filter((name) => name.endsWith('loads in'))
  expect(loaded.length).toBeGreaterThanOrEqual(11)
}, 120_000)
