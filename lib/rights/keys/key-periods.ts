/**
 * The sequence of key periods. It consists of eras: within an era a new period begins every `rotationSeconds`; a
 * retired key or a new interval starts the next era. Period indexes are never reused and never change meaning.
 */
import type { ContentId } from '../../timeline/ids.ts'

/** A time span in which periods have one length. */
export interface Era {
  /** Index of its first period. */
  readonly firstIndex: number
  /** Wall clock time at which it came into force. */
  readonly fromMs: number
  /** Absent: one period for the whole era. */
  readonly rotationSeconds?: number
  /** For an asset whose keys exist: the last period, which lasts to the end of all tracks. */
  readonly through?: number
}

/** Determines the period of a point in time. */
export interface PeriodPlan {
  /** Live content uses the wall clock; for an asset, the last era covers all of its media time. */
  readonly clock: 'media' | 'wall'
  /** In order of coming into force; never empty. */
  readonly eras: readonly [Era, ...Era[]]
  /** Highest index for which a key may exist. */
  readonly madeThrough: number
}

/** A period's index and its start: epoch milliseconds, or milliseconds of media time. */
export interface Period {
  readonly index: number
  readonly fromMs: number
}

/** Keys of the next period are created this long before it begins. */
const aheadMs = 5 * 60_000
/** Start-over window of viewers, and so how long keys stay licensable after their period ends. */
const startOverMs = 48 * 3_600_000

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
  return { ...plan, eras: [...plan.eras, era(firstIndex, Math.max(nowMs, last.fromMs), rotationSeconds)] }
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

/** The period at a wall clock or media time. Times before the first era belong to it. */
export function periodAt(plan: PeriodPlan, atMs: number): Period {
  const { firstIndex, fromMs, rotationSeconds } =
    plan.clock === 'media'
      ? { ...lastEra(plan), fromMs: 0 }
      : (plan.eras.findLast((one) => one.fromMs <= atMs) ?? plan.eras[0])
  if (rotationSeconds === undefined) return { index: firstIndex, fromMs }
  const passed = Math.max(0, Math.floor((atMs - fromMs) / (rotationSeconds * 1000)))
  return { index: firstIndex + passed, fromMs: fromMs + passed * rotationSeconds * 1000 }
}

/** Start of a period as in `periodAt`, including periods of past eras. */
export function periodStart({ clock, eras }: PeriodPlan, index: number): Period {
  const {
    firstIndex,
    fromMs,
    rotationSeconds = 0,
  } = eras.findLast((one) => one.firstIndex <= index) ?? eras[0]
  const passedMs = Math.max(0, index - firstIndex) * rotationSeconds * 1000
  return { index, fromMs: (clock === 'media' ? 0 : fromMs) + passedMs }
}

/** The periods that overlap `fromMs` to `toMs` (exclusive), each found from the start of the one before. */
export function periodsBetween(plan: PeriodPlan, fromMs: number, toMs: number): Period[] {
  const found = [periodAt(plan, fromMs)]
  for (;;) {
    const next = nextPeriod(plan, found.at(-1)?.fromMs ?? fromMs)
    if (next === undefined || next.fromMs >= toMs) return found
    found.push(next)
  }
}

/** The periods whose keys are needed now: the current one, and those beginning within five minutes. */
export function periodsDue(plan: PeriodPlan, nowMs: number): Period[] {
  return periodsBetween(plan, nowMs, nowMs + aheadMs)
}

/** Wall clock time at which a period ends; undefined while no period follows it. */
export function periodEndMs(plan: PeriodPlan, index: number): number | undefined {
  const at = plan.eras.findLastIndex(({ firstIndex }) => firstIndex <= index)
  const { firstIndex, fromMs, rotationSeconds } = plan.eras[at] ?? plan.eras[0]
  const replacedMs = plan.eras[at + 1]?.fromMs
  if (plan.clock === 'media' || rotationSeconds === undefined) return replacedMs
  const runOutMs = fromMs + (index - firstIndex + 1) * rotationSeconds * 1000
  return replacedMs === undefined ? runOutMs : Math.min(runOutMs, replacedMs)
}

/** Whether a licence may still be issued for a period: until two days after its end. */
export function isLicensable(plan: PeriodPlan, index: number, nowMs: number): boolean {
  const endMs = periodEndMs(plan, index)
  return endMs === undefined || nowMs < endMs + startOverMs
}

/** The first period that begins after a time; undefined if none does. */
function nextPeriod(plan: PeriodPlan, afterMs: number): Period | undefined {
  const { rotationSeconds } = eraAt(plan, afterMs)
  const { fromMs } = periodAt(plan, afterMs)
  const replacedMs =
    plan.clock === 'media' ? undefined : plan.eras.find((one) => one.fromMs > afterMs)?.fromMs
  const turnMs = rotationSeconds === undefined ? undefined : fromMs + rotationSeconds * 1000
  const nextMs = turnMs === undefined ? replacedMs : Math.min(turnMs, replacedMs ?? turnMs)
  return nextMs === undefined ? undefined : periodAt(plan, nextMs)
}

const eraAt = (plan: PeriodPlan, atMs: number): Era =>
  plan.clock === 'media'
    ? lastEra(plan)
    : (plan.eras.findLast(({ fromMs }) => fromMs <= atMs) ?? plan.eras[0])

const lastEra = ({ eras }: PeriodPlan): Era => eras.at(-1) ?? eras[0]

function era(firstIndex: number, fromMs: number, rotationSeconds: number | undefined): Era {
  return { firstIndex, fromMs, ...(rotationSeconds !== undefined && { rotationSeconds }) }
}
