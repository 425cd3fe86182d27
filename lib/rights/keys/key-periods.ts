/**
 * How key periods follow one another. Eras make it: within one, a new period begins every so many seconds; a retired
 * key or another interval opens the next era. A period's index never means two things, and no index comes twice.
 */
import type { ContentId } from '../../timeline/ids.ts'

/** A stretch in which periods have one length. */
export interface Era {
  /** Index of its first period. */
  readonly firstIndex: number
  /** Wall clock at which it came into force. */
  readonly fromMs: number
  /** Absent: one period for all of it. */
  readonly rotationSeconds?: number
  /** Of a film whose keys are made: its last period, which lasts to the end of all its tracks. */
  readonly through?: number
}

/** What decides which period something falls in. */
export interface PeriodPlan {
  /** Live content goes by the wall clock; of a film, the last era covers all of its media time. */
  readonly clock: 'media' | 'wall'
  /** In the order they came into force; never empty. */
  readonly eras: readonly [Era, ...Era[]]
  /** Highest index of which a key may have been made. */
  readonly madeThrough: number
}

/** A period and where it begins: epoch milliseconds, or milliseconds of media time. */
export interface Period {
  readonly index: number
  readonly fromMs: number
}

/** The next period is made this long before it begins. */
const aheadMs = 5 * 60_000
/** How long a viewer may start over, and so how long keys stay licensable once their period is over. */
const startOverMs = 48 * 3_600_000

/** The plan of content nobody asked keys for yet. */
export function newPlan(contentId: ContentId, nowMs: number, rotationSeconds?: number): PeriodPlan {
  const clock = contentId.startsWith('live/') ? 'wall' : 'media'
  return { clock, eras: [era(0, nowMs, rotationSeconds)], madeThrough: -1 }
}

/** The plan with a new era, none of whose keys can have been given to anybody. */
export function withEra(plan: PeriodPlan, nowMs: number, rotationSeconds?: number): PeriodPlan {
  const last = lastEra(plan)
  const current = plan.clock === 'wall' ? periodAt(plan, nowMs).index : last.firstIndex
  const firstIndex = Math.max(current, plan.madeThrough) + 1
  return { ...plan, eras: [...plan.eras, era(firstIndex, Math.max(nowMs, last.fromMs), rotationSeconds)] }
}

/** The plan with its last era as long as a policy says; the same one where it is so already. */
export function withRotation(plan: PeriodPlan, nowMs: number, rotationSeconds?: number): PeriodPlan {
  return rotationOf(plan) === rotationSeconds ? plan : withEra(plan, nowMs, rotationSeconds)
}

/** The plan of a film whose last period is known. */
export function withEnd(plan: PeriodPlan, through: number): PeriodPlan {
  const last = lastEra(plan)
  if (last.through === through) return plan
  const ended = { ...last, through }
  const [first, ...more] = [...plan.eras.slice(0, -1), ended]
  return { ...plan, eras: [first, ...more] }
}

/** How long a period of the last era is; undefined: as long as the era. */
export const rotationOf = (plan: PeriodPlan): number | undefined => lastEra(plan).rotationSeconds

/** The period at a time: of the wall clock, or of the media. What lies before the first era falls in it. */
export function periodAt(plan: PeriodPlan, atMs: number): Period {
  const { firstIndex, fromMs, rotationSeconds } =
    plan.clock === 'media'
      ? { ...lastEra(plan), fromMs: 0 }
      : (plan.eras.findLast((one) => one.fromMs <= atMs) ?? plan.eras[0])
  if (rotationSeconds === undefined) return { index: firstIndex, fromMs }
  const passed = Math.max(0, Math.floor((atMs - fromMs) / (rotationSeconds * 1000)))
  return { index: firstIndex + passed, fromMs: fromMs + passed * rotationSeconds * 1000 }
}

/** Where a period begins, as `periodAt` says it: for those of eras that are over, too. */
export function periodStart({ clock, eras }: PeriodPlan, index: number): Period {
  const {
    firstIndex,
    fromMs,
    rotationSeconds = 0,
  } = eras.findLast((one) => one.firstIndex <= index) ?? eras[0]
  const passedMs = Math.max(0, index - firstIndex) * rotationSeconds * 1000
  return { index, fromMs: (clock === 'media' ? 0 : fromMs) + passedMs }
}

/** The periods something between two times falls in, `toMs` itself left out; each begins where the next is found. */
export function periodsBetween(plan: PeriodPlan, fromMs: number, toMs: number): Period[] {
  const found = [periodAt(plan, fromMs)]
  for (;;) {
    const next = nextPeriod(plan, found.at(-1)?.fromMs ?? fromMs)
    if (next === undefined || next.fromMs >= toMs) return found
    found.push(next)
  }
}

/** The periods whose keys are needed now: the current one, and what begins within five minutes. */
export function periodsDue(plan: PeriodPlan, nowMs: number): Period[] {
  return periodsBetween(plan, nowMs, nowMs + aheadMs)
}

/** Wall clock at which a period is over; undefined while nothing comes after it. */
export function periodEndMs(plan: PeriodPlan, index: number): number | undefined {
  const at = plan.eras.findLastIndex(({ firstIndex }) => firstIndex <= index)
  const { firstIndex, fromMs, rotationSeconds } = plan.eras[at] ?? plan.eras[0]
  const replacedMs = plan.eras[at + 1]?.fromMs
  if (plan.clock === 'media' || rotationSeconds === undefined) return replacedMs
  const runOutMs = fromMs + (index - firstIndex + 1) * rotationSeconds * 1000
  return replacedMs === undefined ? runOutMs : Math.min(runOutMs, replacedMs)
}

/** Whether a licence may still be given for a period: until two days after it is over. */
export function isLicensable(plan: PeriodPlan, index: number, nowMs: number): boolean {
  const endMs = periodEndMs(plan, index)
  return endMs === undefined || nowMs < endMs + startOverMs
}

/** The first period that begins after a time; undefined where none will. */
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
