/** How key periods are planned: which exist already, and how a plan changes. */
import type { ContentId } from '../../timeline/ids.ts'
import { keyHourOf } from '../../timeline/key-hours.ts'
import type { KeySharing } from '../../timeline/key-label.ts'
import {
  type Era,
  type KeySchedule,
  lastEra,
  type Period,
  periodAt,
  periodEndMs,
  periodStart,
  periodsBetween,
} from '../../timeline/key-periods.ts'

/** The key periods of a content item. */
export interface PeriodPlan extends KeySchedule {
  /** Highest index for which a key may exist. */
  readonly madeThrough: number
  /** How long viewers may go back in live content, and so how long keys stay licensable. @default 48 h */
  readonly windowSeconds?: number
  /** Of live content: the hours whose facts manifests can read. */
  readonly told?: ToldHours
}

/** Hours since 1970, both included, and for which tracks there are keys. */
export interface ToldHours {
  readonly from: number
  readonly through: number
  readonly sharing: KeySharing
}

/** Keys of the next period are created this long before it begins. */
const aheadMs = 5 * 60_000
/** How far back viewers may go where nothing is said of it. */
const defaultWindowSeconds = 48 * 3600

/** The initial plan of content for which no keys were requested yet. */
export function newPlan(contentId: ContentId, nowMs: number, rotationSeconds?: number): PeriodPlan {
  const clock = contentId.startsWith('live/') ? 'wall' : 'media'
  return { clock, eras: [era(0, nowMs, rotationSeconds)], madeThrough: -1 }
}

/** Adds an era to the plan whose keys cannot have been issued to anyone. */
export function withEra(plan: PeriodPlan, nowMs: number, rotationSeconds?: number): PeriodPlan {
  const last = lastEra(plan)
  const current = plan.clock === 'wall' ? periodAt(plan, nowMs).index : last.firstIndex
  const firstIndex = Math.max(current, plan.madeThrough) + 1
  const next = era(firstIndex, Math.max(nowMs, last.fromMs), rotationSeconds)
  const { told, ...rest } = plan
  // The hour in which it begins is told anew.
  const still = told && { ...told, through: Math.min(told.through, keyHourOf(next) - 1) }
  return { ...rest, eras: [...plan.eras, next], ...(still && still.through >= still.from && { told: still }) }
}

/** Applies a policy's rotation interval by adding an era; returns the same plan if the interval is unchanged. */
export function withRotation(plan: PeriodPlan, nowMs: number, rotationSeconds?: number): PeriodPlan {
  return rotationOf(plan) === rotationSeconds ? plan : withEra(plan, nowMs, rotationSeconds)
}

/** Sets the last period of an asset's plan. */
export function withEnd(plan: PeriodPlan, through: number): PeriodPlan {
  const last = lastEra(plan)
  if (last.through === through) return plan
  const ended = { ...last, through }
  const [first, ...more] = [...plan.eras.slice(0, -1), ended]
  return { ...plan, eras: [first, ...more] }
}

/** Period length of the last era; undefined: one period for the whole era. */
export const rotationOf = (plan: PeriodPlan): number | undefined => lastEra(plan).rotationSeconds

/** The periods whose keys are needed now: the current one, and those beginning within five minutes. */
export function periodsDue(plan: PeriodPlan, nowMs: number): Period[] {
  return periodsBetween(plan, nowMs, nowMs + aheadMs)
}

/**
 * Whether a licence may still be issued for a period: as long as viewers may go back to it. Of a retired one, too: what
 * was shown under it is still in windows.
 */
export function isLicensable(plan: PeriodPlan, index: number, nowMs: number): boolean {
  const endMs = periodEndMs(plan, index)
  return endMs === undefined || nowMs < endMs + 1000 * (plan.windowSeconds ?? defaultWindowSeconds)
}

/** When a period of the wall clock was in use; of the first one all that was before it, too. */
export const timeOf = (
  plan: PeriodPlan,
  index: number,
): { readonly fromMs: number; readonly toMs: number | undefined } => ({
  fromMs: index === plan.eras[0].firstIndex ? 0 : periodStart(plan, index).fromMs,
  toMs: periodEndMs(plan, index),
})

function era(firstIndex: number, fromMs: number, rotationSeconds: number | undefined): Era {
  return { firstIndex, fromMs, ...(rotationSeconds !== undefined && { rotationSeconds }) }
}
