/** Protection at work: which key periods a content has, their keys, and an end to keys that leaked. */
import { HeadendError } from '../../errors.ts'
import { someAtOnce } from '../../platform/some-at-once.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import { contentKey, type KeyRecord, type KeyTools, type KeyWish } from '../keys/content-key.ts'
import {
  newPlan,
  type Period,
  type PeriodPlan,
  periodAt,
  periodStart,
  periodsBetween,
  periodsDue,
  withEra,
  withRotation,
} from '../keys/key-periods.ts'
import type { MadePeriod, PublicKey } from '../keys/made-period.ts'
import type { EncryptedPolicy } from './policy.ts'
import type { ProtectionStore } from './store.ts'

/** What protecting takes. */
export interface ProtectionRoom extends KeyTools {
  readonly protection: ProtectionStore
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Who asks for keys, and by which door. */
export interface Asker {
  readonly who: string
  readonly door: string
}

const mostRaces = 10

/** The key periods of a whole film, with their keys; those that are not there yet are made. */
export const filmPeriods = (
  room: ProtectionRoom,
  contentId: string,
  { policy, durationMs }: { readonly policy: EncryptedPolicy; readonly durationMs: number },
): Promise<MadePeriod[]> => withKeys(room, contentId, policy, (plan) => periodsBetween(plan, 0, durationMs))

/** The current period of live content and what begins within five minutes, with their keys. */
export const duePeriods = (
  room: ProtectionRoom,
  contentId: string,
  policy: EncryptedPolicy,
): Promise<MadePeriod[]> =>
  withKeys(room, contentId, policy, (plan) =>
    plan.clock === 'wall' ? periodsDue(plan, room.now()) : [periodAt(plan, 0)],
  )

/** Makes the keys of live content through a period, where they are not there yet; films have theirs from the start. */
export async function periodsThrough(
  room: ProtectionRoom,
  contentId: string,
  { policy, index }: { readonly policy: EncryptedPolicy; readonly index: number },
): Promise<void> {
  const plan = await planOf(room, contentId, policy)
  if (plan.clock === 'media' || index <= plan.madeThrough) return
  await withKeys(room, contentId, policy, (now) => {
    const current = periodAt(now, room.now()).index
    const count = Math.max(1, index - current + 1)
    return Array.from({ length: count }, (_, i) => periodStart(now, current + i))
  })
}

/** Keys an outsider asked for, each the same for whoever asks again; notes who it was. */
export async function keysFor(
  room: ProtectionRoom,
  contentId: string,
  { asker, wishes }: { readonly asker: Asker; readonly wishes: readonly Omit<KeyWish, 'contentId'>[] },
): Promise<KeyRecord[]> {
  const keys = await someAtOnce(wishes, (wish) => contentKey(room, { ...wish, contentId }))
  const id = Buffer.from(room.randomBytes(9)).toString('base64url')
  const ask = { ...asker, atMs: room.now(), kids: keys.map(({ kid }) => kid) }
  await room.protection.noteAsk(contentId, ask, id)
  return keys
}

/**
 * Ends a content's current key period now: what comes after it has keys nobody was given. With `period` it ends that
 * one if it is still the current one, so that asking twice does it once. Gives the period in force.
 */
export async function retireKeys(
  room: ProtectionRoom,
  contentId: string,
  { policy, period }: { readonly policy: EncryptedPolicy; readonly period?: number | undefined },
): Promise<Period> {
  const plan = await changePlan(room, contentId, policy, (now) => {
    const current = nowAt(now, room.now()).index
    return period === undefined || period >= firstOfLastEra(now, current)
      ? withEra(now, room.now(), policy.rotationSeconds)
      : now
  })
  return nowAt(plan, room.now())
}

/** The period in force: of a film the first one of its last era. */
const nowAt = (plan: PeriodPlan, nowMs: number): Period => periodAt(plan, plan.clock === 'wall' ? nowMs : 0)

/** A film's periods are all in force at once; of live content the current one is. */
const firstOfLastEra = ({ clock, eras }: PeriodPlan, current: number): number =>
  clock === 'wall' ? current : (eras.at(-1)?.firstIndex ?? 0)

/** A content's plan, with the rotation its policy asks for. */
export const planOf = (
  room: ProtectionRoom,
  contentId: string,
  policy: EncryptedPolicy,
): Promise<PeriodPlan> => changePlan(room, contentId, policy, (plan) => plan)

async function withKeys(
  room: ProtectionRoom,
  contentId: string,
  policy: EncryptedPolicy,
  choose: (plan: PeriodPlan) => Period[],
): Promise<MadePeriod[]> {
  // Noted before a key is made: a key that leaves the vault is of a period that a retirement steps over.
  const plan = await changePlan(room, contentId, policy, (now) => {
    const last = choose(now).at(-1)?.index ?? 0
    return last > now.madeThrough ? { ...now, madeThrough: last } : now
  })
  const periods = choose(plan)
  const labels = keyLabels(policy.keys)
  const wishes = periods.flatMap(({ index }) => labels.map((label) => ({ contentId, period: index, label })))
  const keys = (await someAtOnce(wishes, (wish) => contentKey(room, wish))).map(publicKey)
  return periods.map((period, i) => ({
    ...period,
    keys: keys.slice(i * labels.length, (i + 1) * labels.length),
  }))
}

/** What may be shown of a key, spelled out: a field that comes later is not shown by itself. */
const publicKey = ({ contentId, period, label, kid, iv, checksum }: KeyRecord): PublicKey => ({
  contentId,
  period,
  label,
  kid,
  iv,
  checksum,
})

/** Reads a plan, changes it and writes it, again where another was quicker; what stays as it is is not written. */
async function changePlan(
  room: ProtectionRoom,
  contentId: string,
  { rotationSeconds }: EncryptedPolicy,
  change: (plan: PeriodPlan) => PeriodPlan,
): Promise<PeriodPlan> {
  for (let race = 0; race < mostRaces; race++) {
    const stored = await room.protection.plan(contentId)
    const nowMs = room.now()
    const before = stored?.plan ?? newPlan(contentId, nowMs, rotationSeconds)
    const after = change(withRotation(before, nowMs, rotationSeconds))
    if (after === stored?.plan) return after
    if (await room.protection.savePlan(contentId, after, stored?.revision ?? 0)) return after
  }
  throw new HeadendError('KEY_PLAN_RACE', `${contentId}: its key periods could not be written, try again`, {
    status: 503,
  })
}
