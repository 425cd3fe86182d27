/** Key periods of a channel, made ahead of time and told to manifests by the hour. */

import type { ContentId } from '../../timeline/ids.ts'
import { encodeKeyHour, keyHourKey } from '../../timeline/key-hours.ts'
import type { StoredKeyPeriod } from '../../timeline/stored-protection.ts'
import type { PeriodPlan } from '../keys/key-periods.ts'
import type { MadePeriod } from '../keys/made-period.ts'
import { nextToldMs, untoldHours } from '../keys/told-hours.ts'
import { changePlan, keysOf, noted, type ProtectionPorts } from './plans.ts'
import type { EncryptedPolicy } from './policy.ts'

/** What the key periods of a channel are told with. */
export interface ToTell {
  readonly policy: EncryptedPolicy
  /** How long keys of a period that is over may be had. */
  readonly windowSeconds: number
  /** Stores an immutable object. */
  readonly put: (key: string, text: string) => Promise<void>
}

/**
 * Makes the keys of a channel's periods ahead of time, and of those before that are not there yet, and stores their
 * public facts by the hour. Returns the plan of which manifests can read then.
 */
export async function tellPeriods(
  ports: ProtectionPorts,
  contentId: ContentId,
  { policy, windowSeconds, put }: ToTell,
): Promise<PeriodPlan> {
  const needed = (plan: PeriodPlan) => untoldHours(plan, policy.keys, ports.now())
  const plan = await changePlan(ports, contentId, policy, (now) => {
    const open = now.windowSeconds === windowSeconds ? now : { ...now, windowSeconds }
    return noted(open, [...needed(open).hours.values()].flat())
  })
  const { hours, told } = needed(plan)
  for (const [hour, periods] of hours) {
    const made = await keysOf(ports, contentId, { policy, periods })
    const key = keyHourKey(contentId, { hour, eras: plan.eras, sharing: policy.keys })
    await put(key, encodeKeyHour(made.map(storedPeriod)))
  }
  // Another era since then makes the last of these hours another one: who began it tells it.
  const after = await changePlan(ports, contentId, policy, (now) =>
    now.eras.length === plan.eras.length && !isSame(now.told, told) ? { ...now, told } : now,
  )
  await ports.protection.putDue(contentId, nextToldMs(after))
  return after
}

const isSame = (one: PeriodPlan['told'], other: PeriodPlan['told']): boolean =>
  one?.from === other?.from && one?.through === other?.through && one?.sharing === other?.sharing

/** The public facts of a period's keys, in the form in which they are stored. */
export const storedPeriod = ({ index, fromMs, keys }: MadePeriod): StoredKeyPeriod => ({
  index,
  fromMs,
  keys: keys.map(({ label, kid, iv, checksum }) => ({ label, kid, iv, checksum })),
})
