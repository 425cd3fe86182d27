/** Plans of key periods, changed by one writer at a time, and the keys of their periods. */

import { HeadendError } from '../../errors.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import type { Period } from '../../timeline/key-periods.ts'
import { contentKey, type KeyPorts, type KeyRecord } from '../keys/content-key.ts'
import { newPlan, type PeriodPlan, rotationOf, withRotation } from '../keys/key-periods.ts'
import type { MadePeriod, PublicKey } from '../keys/made-period.ts'
import type { EncryptedPolicy } from './policy.ts'
import type { ProtectionStore } from './store.ts'

/** Dependencies of content protection. */
export interface ProtectionPorts extends KeyPorts {
  readonly protection: ProtectionStore
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Enough for each of twenty operators and many players that change one plan at once to succeed. */
const maxRaces = 16

/** Retries until no other writer interferes; each attempt reads what the others wrote. */
export const alone = (
  contentId: ContentId,
  attempt: () => Promise<PeriodPlan | typeof again>,
): Promise<PeriodPlan> => untilDone(attempt, { most: maxRaces, exhausted: () => planRace(contentId) })

/** Reads, changes and saves a plan, retrying when another writer interferes; an unchanged plan is not written. */
export function changePlan(
  ports: ProtectionPorts,
  contentId: ContentId,
  policy: EncryptedPolicy,
  change: (plan: PeriodPlan) => PeriodPlan,
): Promise<PeriodPlan> {
  return alone(contentId, async () => {
    const stored = await ports.protection.plan(contentId)
    const nowMs = ports.now()
    const before = stored
      ? withRotation(stored.plan, nowMs, await rotationFor(ports, contentId, { policy, plan: stored.plan }))
      : newPlan(contentId, nowMs, policy.rotationSeconds)
    const after = change(before)
    if (after === stored?.plan) return after
    const isSaved = await ports.protection.savePlan(contentId, after, stored?.revision ?? 0)
    return isSaved ? after : again
  })
}

/** The rotation interval in force. A plan that differs from the caller's policy may follow a newer policy. */
async function rotationFor(
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, plan }: { readonly policy: EncryptedPolicy; readonly plan: PeriodPlan },
): Promise<number | undefined> {
  if (rotationOf(plan) === policy.rotationSeconds) return policy.rotationSeconds
  const { policy: newest } = await ports.protection.policy(contentId)
  return newest.mode === 'encrypted' ? newest.rotationSeconds : rotationOf(plan)
}

const planRace = (contentId: ContentId): HeadendError =>
  new HeadendError('KEY_PLAN_RACE', `${contentId}: its key periods could not be written, try again`, {
    status: 503,
  })

/** Saved before a key is created, so that a retirement skips the period of any key that leaves the store. */
export function noted(plan: PeriodPlan, periods: readonly Period[]): PeriodPlan {
  const last = periods.at(-1)?.index ?? 0
  return last > plan.madeThrough ? { ...plan, madeThrough: last } : plan
}

/** Periods with their keys, created if missing. */
export async function keysOf(
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, periods }: { readonly policy: EncryptedPolicy; readonly periods: readonly Period[] },
): Promise<MadePeriod[]> {
  const labels = keyLabels(policy.keys)
  const requests = periods.flatMap(({ index }) =>
    labels.map((label) => ({ contentId, period: index, label })),
  )
  const keys = (await mapConcurrently(requests, (request) => contentKey(ports, request))).map(publicKey)
  return periods.map((period, i) => ({
    ...period,
    keys: keys.slice(i * labels.length, (i + 1) * labels.length),
  }))
}

/** Public fields of a key, listed explicitly so that a field added later is not exposed by default. */
const publicKey = ({ contentId, period, label, kid, iv, checksum }: KeyRecord): PublicKey => ({
  contentId,
  period,
  label,
  kid,
  iv,
  checksum,
})
