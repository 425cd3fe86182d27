/** Decode times and durations of a track's samples, from times of 90 kHz that may be missing or jump. */
import { ticksPerSecond } from './packets/clock.ts'
import type { AccessUnit } from './units.ts'

/** A unit with its times in ticks of its track. */
export interface TimedUnit {
  readonly unit: AccessUnit
  readonly decodeTicks: number
  readonly compositionTicks: number
  readonly durationTicks: number
}

/** Where a track ended. */
export interface TrackEnd {
  readonly pid: number
  readonly timescale: number
  /** Decode time behind the last sample, the origin taken off. */
  readonly decodeTicks: number
}

/** What came of a stream's units. */
export interface TimedUnits {
  readonly timed: readonly TimedUnit[]
  /** Units whose times come before their predecessor's, or far from both neighbours. */
  readonly dropped: number
  readonly end?: TrackEnd
}

interface Placed {
  readonly unit: AccessUnit
  readonly decodeTicks: number
  readonly compositionTicks: number
}

interface Limits {
  readonly originTicks?: number
  readonly after?: readonly TrackEnd[]
  readonly nextDtsTicks?: ReadonlyMap<number, number>
}

/** Times of the units of one PID, in order of decoding. */
export function timedUnits(pid: number, units: readonly AccessUnit[], limits: Limits): TimedUnits {
  const { originTicks = 0, after = [], nextDtsTicks } = limits
  const plausible = withoutOutliers(units)
  const before = after.find((end) => end.pid === pid)
  const placed =
    units[0]?.config.type === 'audio'
      ? placeAudio(plausible, originTicks, before)
      : placeVideo(plausible, originTicks)
  const next = nextDtsTicks?.get(pid)
  const timed = withDurations(placed, next === undefined ? undefined : next - originTicks)
  const last = timed.at(-1)
  return {
    timed,
    dropped: units.length - timed.length,
    ...(last && {
      end: { pid, timescale: last.unit.config.timescale, decodeTicks: last.decodeTicks + last.durationTicks },
    }),
  }
}

/** Ten seconds: a stream that pauses for longer begins anew. */
const maxStepTicks = 10 * ticksPerSecond

/** Units without those whose time neither follows on the one before nor is followed by the next. */
function withoutOutliers(units: readonly AccessUnit[]): AccessUnit[] {
  const kept: AccessUnit[] = []
  let last: number | undefined
  for (const [i, unit] of units.entries()) {
    const { dtsTicks } = unit
    const isFar = last !== undefined && dtsTicks !== undefined && !follows(last, dtsTicks)
    if (isFar && last !== undefined && dtsTicks !== undefined) {
      const next = units.slice(i + 1, i + 1 + lookAhead).find((one) => one.dtsTicks !== undefined)?.dtsTicks
      // The last one has nobody to bear it out: far off it would make the one before it last for as long.
      if (next === undefined ? Math.abs(dtsTicks - last) > maxStepTicks : follows(last, next)) continue
    }
    kept.push(unit)
    last = dtsTicks ?? last
  }
  return kept
}

/** Frames of a PES packet have one time together. */
const lookAhead = 64

const follows = (before: number, after: number): boolean => after >= before && after - before <= maxStepTicks

function placeVideo(units: readonly AccessUnit[], originTicks: number): Placed[] {
  const placed: Placed[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const unit of units) {
    const { dtsTicks, ptsTicks = dtsTicks } = unit
    if (dtsTicks === undefined || ptsTicks === undefined || dtsTicks <= last) continue
    last = dtsTicks
    placed.push({ unit, decodeTicks: dtsTicks - originTicks, compositionTicks: ptsTicks - dtsTicks })
  }
  return placed
}

/**
 * Frames follow one another at their own length: times of 90 kHz are rounded, and drift. Only one that differs by more
 * than half a frame moves them; what then would overlap is left out.
 */
function placeAudio(
  units: readonly AccessUnit[],
  originTicks: number,
  before: TrackEnd | undefined,
): Placed[] {
  const placed: Placed[] = []
  let end = before?.decodeTicks
  let expected = end
  for (const unit of units) {
    const { timescale, unitTicks = 0 } = unit.config
    const { ptsTicks } = unit
    const told = ptsTicks === undefined ? undefined : ((ptsTicks - originTicks) * timescale) / ticksPerSecond
    if (told !== undefined && (expected === undefined || Math.abs(told - expected) > unitTicks / 2))
      expected = Math.round(told)
    if (expected === undefined) continue
    const decodeTicks = expected
    expected = decodeTicks + unitTicks
    if (end !== undefined && placed.length > 0 && decodeTicks < end - unitTicks / 2) continue
    end = expected
    placed.push({ unit, decodeTicks, compositionTicks: 0 })
  }
  return placed
}

/**
 * Each lasts until the next. The last one of a stretch whose next is not known lasts as long as the briefest of video:
 * what then is missing can be made up for, what would overlap can not.
 */
function withDurations(placed: readonly Placed[], nextTicks: number | undefined): TimedUnit[] {
  const [first] = placed
  if (!first) return []
  const { type, unitTicks = 0 } = first.unit.config
  const ends = placed.slice(1).map(({ decodeTicks }) => decodeTicks)
  if (type === 'video' && nextTicks !== undefined) ends.push(nextTicks)
  const stated = ends.map((end, i) => end - (placed[i]?.decodeTicks ?? end))
  const least =
    type === 'video' ? stated.reduce((min, one) => (one > 0 ? Math.min(min, one) : min), Infinity) : unitTicks
  const assumed = (Number.isFinite(least) ? least : unitTicks) || ticksPerSecond / defaultRate
  return placed.map((one, i) => {
    const ticks = stated[i] ?? 0
    return { ...one, durationTicks: ticks > 0 ? ticks : assumed }
  })
}

/** Frames a second of a stretch with one frame that says nothing of it. */
const defaultRate = 25
