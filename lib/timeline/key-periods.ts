/**
 * The sequence of key periods. It consists of eras: within an era a new period begins every `rotationSeconds`; a
 * retired key or a new interval starts the next era. Period indexes are never reused and never change meaning.
 */

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
export interface KeySchedule {
  /** Live content uses the wall clock; for an asset, the last era covers all of its media time. */
  readonly clock: 'media' | 'wall'
  /** In order of coming into force; never empty. */
  readonly eras: Eras
}

/** Never empty. */
export type Eras = readonly [Era, ...Era[]]

/** A period's index and its start: epoch milliseconds, or milliseconds of media time. */
export interface Period {
  readonly index: number
  readonly fromMs: number
}

/** The period at a wall clock or media time. Times before the first era belong to it. */
export function periodAt(plan: KeySchedule, atMs: number): Period {
  const { firstIndex, fromMs, rotationSeconds } =
    plan.clock === 'media'
      ? { ...lastEra(plan), fromMs: 0 }
      : (plan.eras.findLast((one) => one.fromMs <= atMs) ?? plan.eras[0])
  if (rotationSeconds === undefined) return { index: firstIndex, fromMs }
  const passed = Math.max(0, Math.floor((atMs - fromMs) / (rotationSeconds * 1000)))
  return { index: firstIndex + passed, fromMs: fromMs + passed * rotationSeconds * 1000 }
}

/** Start of a period as in `periodAt`, including periods of past eras. */
export function periodStart({ clock, eras }: KeySchedule, index: number): Period {
  const {
    firstIndex,
    fromMs,
    rotationSeconds = 0,
  } = eras.findLast((one) => one.firstIndex <= index) ?? eras[0]
  const passedMs = Math.max(0, index - firstIndex) * rotationSeconds * 1000
  return { index, fromMs: (clock === 'media' ? 0 : fromMs) + passedMs }
}

/** The periods that overlap `fromMs` to `toMs` (exclusive), each found from the start of the one before. */
export function periodsBetween(plan: KeySchedule, fromMs: number, toMs: number): Period[] {
  const found = [periodAt(plan, fromMs)]
  for (;;) {
    const next = nextPeriod(plan, found.at(-1)?.fromMs ?? fromMs)
    if (next === undefined || next.fromMs >= toMs) return found
    found.push(next)
  }
}

/** Wall clock time at which a period ends; undefined while no period follows it. */
export function periodEndMs(plan: KeySchedule, index: number): number | undefined {
  const at = plan.eras.findLastIndex(({ firstIndex }) => firstIndex <= index)
  const { firstIndex, fromMs, rotationSeconds } = plan.eras[at] ?? plan.eras[0]
  const replacedMs = plan.eras[at + 1]?.fromMs
  if (plan.clock === 'media' || rotationSeconds === undefined) return replacedMs
  const runOutMs = fromMs + (index - firstIndex + 1) * rotationSeconds * 1000
  return replacedMs === undefined ? runOutMs : Math.min(runOutMs, replacedMs)
}

/** The era in force last. */
export const lastEra = ({ eras }: Pick<KeySchedule, 'eras'>): Era => eras.at(-1) ?? eras[0]

/** The first period that begins after a time; undefined if none does. */
function nextPeriod(plan: KeySchedule, afterMs: number): Period | undefined {
  const { rotationSeconds } = eraAt(plan, afterMs)
  const { fromMs } = periodAt(plan, afterMs)
  const replacedMs =
    plan.clock === 'media' ? undefined : plan.eras.find((one) => one.fromMs > afterMs)?.fromMs
  const turnMs = rotationSeconds === undefined ? undefined : fromMs + rotationSeconds * 1000
  const nextMs = turnMs === undefined ? replacedMs : Math.min(turnMs, replacedMs ?? turnMs)
  return nextMs === undefined ? undefined : periodAt(plan, nextMs)
}

const eraAt = (plan: KeySchedule, atMs: number): Era =>
  plan.clock === 'media'
    ? lastEra(plan)
    : (plan.eras.findLast(({ fromMs }) => fromMs <= atMs) ?? plan.eras[0])
