/** Key periods and keys of content, and retirement of leaked keys. */

import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { again } from '../../platform/retry.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { type Period, periodAt, periodStart, periodsBetween } from '../../timeline/key-periods.ts'
import { contentKey, type KeyRecord, type KeyRequest } from '../keys/content-key.ts'
import {
  newPlan,
  type PeriodPlan,
  periodsDue,
  rotationOf,
  withEnd,
  withEra,
  withRotation,
} from '../keys/key-periods.ts'
import type { MadePeriod } from '../keys/made-period.ts'
import { alone, changePlan, keysOf, noted, type ProtectionPorts } from './plans.ts'
import type { EncryptedPolicy, Policy } from './policy.ts'
import { isLeftOut } from './rotation.ts'

/** The caller that requests keys, and the interface it uses. */
export interface Requester {
  readonly who: string
  readonly door: string
}

/**
 * The key periods of a whole asset with their keys, created if missing. If video or audio ends before the other, the
 * last period lasts to the end of both: given a DASH Period that has only one of them, some players play on without the
 * other from then on.
 */
export const assetPeriods = (
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, commonMs }: { readonly policy: EncryptedPolicy; readonly commonMs: number },
): Promise<MadePeriod[]> => {
  const choose = (plan: PeriodPlan) => withoutRest(periodsBetween(plan, 0, commonMs), { policy, commonMs })
  return withKeys(ports, contentId, policy, choose, (plan) => withEnd(plan, choose(plan).at(-1)?.index ?? 0))
}

/**
 * With keys signalled by DASH Periods, drops a last period that would be too short: the one before lasts to the end.
 */
function withoutRest(
  periods: Period[],
  { policy, commonMs }: { readonly policy: EncryptedPolicy; readonly commonMs: number },
): Period[] {
  const last = periods.at(-1)
  const isRest = periods.length > 1 && last && isLeftOut(policy, commonMs - last.fromMs)
  return isRest ? periods.slice(0, -1) : periods
}

/** The current period of live content and those beginning within five minutes, with their keys. */
export const duePeriods = (
  ports: ProtectionPorts,
  contentId: ContentId,
  policy: EncryptedPolicy,
): Promise<MadePeriod[]> => withKeys(ports, contentId, policy, (plan) => dueOf(plan, ports.now()))

/**
 * Sets a content item's policy. Keys are created first, then the policy and its plan are written in one transaction: no
 * reader sees a policy without its keys, or the plan of another policy than the one in force.
 */
export async function changePolicy(
  ports: ProtectionPorts,
  contentId: ContentId,
  policy: Policy,
): Promise<void> {
  if (policy.mode === 'none') return ports.protection.putPolicy(contentId, policy)
  await alone(contentId, async () => {
    const stored = await ports.protection.plan(contentId)
    const nowMs = ports.now()
    const before = stored?.plan ?? newPlan(contentId, nowMs, policy.rotationSeconds)
    const after = withRotation(before, nowMs, policy.rotationSeconds)
    const periods = dueOf(after, nowMs)
    const { madeThrough } = noted(after, periods)
    // The keys of a new era must not be those of a period that another caller requests meanwhile.
    const over = stored?.revision ?? 0
    if (!(await ports.protection.savePlan(contentId, { ...before, madeThrough }, over))) return again
    await keysOf(ports, contentId, { policy, periods })
    const isSaved = await ports.protection.savePlan(contentId, { ...after, madeThrough }, over + 1, policy)
    return isSaved ? after : again
  })
}

/** Creates missing keys of live content up to a period; an asset has all keys from the start. */
export async function periodsThrough(
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, index }: { readonly policy: EncryptedPolicy; readonly index: number },
): Promise<void> {
  const plan = await changePlan(ports, contentId, policy, (now) => now)
  if (plan.clock === 'media' || index <= plan.madeThrough) return
  await withKeys(ports, contentId, policy, (now) => {
    const current = periodAt(now, ports.now()).index
    const count = Math.max(1, index - current + 1)
    return Array.from({ length: count }, (_, i) => periodStart(now, current + i))
  })
}

/** Keys a third-party packager requested, the same on every repetition; records the requester. */
export async function keysFor(
  ports: ProtectionPorts,
  contentId: ContentId,
  {
    asker,
    requests,
  }: { readonly asker: Requester; readonly requests: readonly Omit<KeyRequest, 'contentId'>[] },
): Promise<KeyRecord[]> {
  const keys = await mapConcurrently(requests, (request) => contentKey(ports, { ...request, contentId }))
  const id = Buffer.from(ports.randomBytes(9)).toString('base64url')
  const ask = { ...asker, atMs: ports.now(), kids: keys.map(({ kid }) => kid) }
  await ports.protection.recordRequest(contentId, ask, id)
  return keys
}

/**
 * Ends a content item's current key period now: the period that follows has keys nobody has received. With `period`,
 * ends it only if it is still current, so that repeating the request ends one period. Returns the period in force.
 */
export async function retireKeys(
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, period }: { readonly policy: EncryptedPolicy; readonly period?: number | undefined },
): Promise<Period> {
  const plan = await changePlan(ports, contentId, policy, (now) => {
    const current = nowAt(now, ports.now()).index
    return period === undefined || isInForce(now, { period, current })
      ? withEra(now, ports.now(), rotationOf(now))
      : now
  })
  return nowAt(plan, ports.now())
}

/** The period in force; for an asset, the first one of its last era. */
const nowAt = (plan: PeriodPlan, nowMs: number): Period => periodAt(plan, plan.clock === 'wall' ? nowMs : 0)

/** All periods of an asset's last era are in force at once; of live content only the current one. */
const isInForce = (
  { clock, eras }: PeriodPlan,
  { period, current }: { readonly period: number; readonly current: number },
): boolean => (clock === 'wall' ? period === current : period >= (eras.at(-1)?.firstIndex ?? 0))

/** The stored plan of a content item, or the initial one if no keys were requested yet. */
export async function planOf(
  ports: ProtectionPorts,
  contentId: ContentId,
  { rotationSeconds }: EncryptedPolicy,
): Promise<PeriodPlan> {
  const stored = await ports.protection.plan(contentId)
  return stored?.plan ?? newPlan(contentId, ports.now(), rotationSeconds)
}

const dueOf = (plan: PeriodPlan, nowMs: number): Period[] =>
  plan.clock === 'wall' ? periodsDue(plan, nowMs) : [periodAt(plan, 0)]

async function withKeys(
  ports: ProtectionPorts,
  contentId: ContentId,
  policy: EncryptedPolicy,
  choose: (plan: PeriodPlan) => Period[],
  change: (plan: PeriodPlan) => PeriodPlan = (plan) => plan,
): Promise<MadePeriod[]> {
  const plan = await changePlan(ports, contentId, policy, (now) => change(noted(now, choose(now))))
  return keysOf(ports, contentId, { policy, periods: choose(plan) })
}
