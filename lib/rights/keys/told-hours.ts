/** Which hours of a channel's key periods manifests can read, and which they will need. */
import { keyHourMs, keyHourOf } from '../../timeline/key-hours.ts'
import type { KeySharing } from '../../timeline/key-label.ts'
import { lastEra, type Period, periodAt, periodsBetween } from '../../timeline/key-periods.ts'
import type { PeriodPlan, ToldHours } from './key-periods.ts'

/** An hour is told this long before it begins: a clock that comes every five minutes may miss two turns. */
const aheadMs = 15 * 60_000
/** Made at once: more than a day of a key each minute, or half a day of one every ten seconds. */
const maxPeriods = 5000

/** What is to be told, and what will have been told then. */
export interface Untold {
  readonly hours: ReadonlyMap<number, readonly Period[]>
  readonly told: ToldHours
}

/** The hours that are missing now, from the oldest that viewers may go back to. */
export function untoldHours(plan: PeriodPlan, sharing: KeySharing, nowMs: number): Untold {
  const { windowSeconds = 0 } = plan
  // An hour more than viewers may go back: manifests read whole hours, and what begins a little before them.
  const sinceMs = (Math.floor((nowMs - windowSeconds * 1000) / keyHourMs) - 1) * keyHourMs
  const oldest = periodAt(plan, sinceMs)
  const told = plan.told?.sharing === sharing ? plan.told : undefined
  const need = { from: keyHourOf(oldest), through: Math.floor((nowMs + aheadMs) / keyHourMs) }
  // Whole hours alone: what an hour's object has does not change with when it is told.
  const isMissing = (period: Period): boolean =>
    keyHourOf(period) >= need.from &&
    (!told || keyHourOf(period) < told.from || keyHourOf(period) > told.through)
  // From the start of what is told on nothing is looked at twice: a channel may be years old.
  const since = told && told.from <= need.from ? Math.max(need.from, told.through) : need.from
  const missing = periodsBetween(plan, since * keyHourMs, (need.through + 1) * keyHourMs).filter(isMissing)
  const hours = Map.groupBy(missing.slice(-maxPeriods), keyHourOf)
  // Of the oldest a part was left out.
  const [first] = hours.keys()
  const isCut = missing.length > maxPeriods && first !== undefined
  if (isCut) hours.delete(first)
  const from = isCut ? first + 1 : need.from
  const isJoined = told && told.through >= from - 1 && told.from <= need.through + 1
  return {
    hours,
    told: {
      from: isJoined ? Math.min(told.from, from) : from,
      through: Math.max(need.through, isJoined ? told.through : 0),
      sharing,
    },
  }
}

/** When the next hour is to be told; undefined where no period will begin. */
export const nextToldMs = (plan: PeriodPlan): number | undefined =>
  plan.told && lastEra(plan).rotationSeconds !== undefined
    ? (plan.told.through + 1) * keyHourMs - aheadMs
    : undefined
