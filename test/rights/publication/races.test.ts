/** Many who change one content's keys at the same moment. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { changePolicy, retireKeys } from '../../../lib/rights/protection/protect.ts'
import { openRightsCloud } from '../cloud.ts'

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())

const policyOf = (rotationSeconds: number) => {
  const given = { mode: 'encrypted', schemes: ['cenc'], systems: ['clearkey'], rotationSeconds }
  const policy = policySchema.parse(given)
  if (policy.mode === 'none') throw new Error('expected encryption')
  return policy
}

/** Changes policies and retires keys at once; the errors of those that were not done. */
async function change(policies: number, retirements: number): Promise<unknown[]> {
  const first = policyOf(3600)
  await changePolicy(cloud.ports(), 'live/race', first)
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: policies }, (_, i) => changePolicy(cloud.ports(), 'live/race', policyOf(60 + i))),
    ...Array.from({ length: retirements }, () => retireKeys(cloud.ports(), 'live/race', { policy: first })),
  ])
  return outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
}

it('a few who change keys at once are all done, one after another', async () => {
  expect(await change(3, 3)).toEqual([])
})

it('of many each is done or told to try again, and what holds is one of them whole', async () => {
  for (const error of await change(20, 10))
    expect(error).toMatchObject({ code: 'KEY_PLAN_RACE', status: 503 })
  const stored = await cloud.ports().protection.plan('live/race')
  const { policy } = await cloud.ports().protection.policy('live/race')
  // The plan goes by the policy beside it.
  expect(policy).toMatchObject({ rotationSeconds: stored?.plan.eras.at(-1)?.rotationSeconds })
})
