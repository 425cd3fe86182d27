/** The times of segments, from SegmentTimeline and @duration (ISO/IEC 23009-1 5.3.9.2.1, 5.3.9.6). */
import { HeadendError } from '../../errors.ts'
import type { XmlNode } from '../xml/tree.ts'
import type { Addressing } from './addressing.ts'
import { type ReadMpd, type ReadPeriod, wholeOf } from './read-mpd.ts'

/** One segment's number and time. */
export interface SegmentTime {
  readonly number: number
  /** `$Time$`: ticks of the media, presentationTimeOffset included. */
  readonly time: number
  readonly durationSeconds: number
  /** Start on the presentation timeline of the whole MPD. */
  readonly startSeconds: number
}

/** The inputs other than the addressing. `nowMs` is needed for live segments that are counted, not listed. */
export interface TimeContext {
  readonly mpd: ReadMpd
  readonly period: ReadPeriod
  readonly nowMs?: number
  /** The number of segments that may still be listed; counted down. */
  readonly budget: SegmentBudget
}

/** Limits what a few characters (`r="999999999"`) can cause. */
export interface SegmentBudget {
  left: number
}

/** The segments in order. */
export function segmentTimes(addressing: Addressing, context: TimeContext): SegmentTime[] {
  if (addressing.timeline) return fromTimeline(addressing, addressing.timeline, context)
  if (addressing.durationTicks > 0) return fromDuration(addressing, context)
  return [
    {
      number: addressing.startNumber,
      time: addressing.presentationTimeOffset,
      durationSeconds: context.period.durationSeconds ?? 0,
      startSeconds: context.period.startSeconds,
    },
  ]
}

function fromTimeline(
  { timescale, presentationTimeOffset, startNumber, endNumber = Number.POSITIVE_INFINITY }: Addressing,
  timeline: readonly XmlNode[],
  context: TimeContext,
): SegmentTime[] {
  const { period, budget } = context
  const times: SegmentTime[] = []
  let time = 0
  let number = startNumber
  timeline.forEach((node, i) => {
    time = wholeOf(node, 't') ?? time
    number = wholeOf(node, 'n') ?? number
    const duration = wholeOf(node, 'd') ?? 0
    const repeat = wholeOf(node, 'r') ?? 0
    const next = timeline[i + 1]
    const end = repeat < 0 ? (wholeOf(next, 't') ?? openEnd(timescale, presentationTimeOffset, context)) : 0
    // the last segment of an open run may be cut short by the Period's end, so a part counts as one
    const count =
      repeat < 0 ? Math.max(1, Math.ceil((end - time) / Math.max(1, duration) - 1e-6)) : repeat + 1
    for (let k = 0; k < count && number <= endNumber; k++) {
      spend(budget, node)
      times.push({
        number,
        time,
        durationSeconds: duration / timescale,
        startSeconds: period.startSeconds + (time - presentationTimeOffset) / timescale,
      })
      number++
      time += duration
    }
  })
  return times
}

/** The end of a Period in ticks, or now if it is open. */
function openEnd(timescale: number, offset: number, { mpd, period, nowMs }: TimeContext): number {
  const seconds = period.durationSeconds ?? elapsedSeconds(mpd, period, nowMs) ?? 0
  return offset + seconds * timescale
}

function elapsedSeconds(mpd: ReadMpd, period: ReadPeriod, nowMs = mpd.publishMs): number | undefined {
  const { availabilityStartMs } = mpd
  if (nowMs === undefined || availabilityStartMs === undefined) return undefined
  return (nowMs - availabilityStartMs) / 1000 - period.startSeconds
}

function fromDuration(addressing: Addressing, context: TimeContext): SegmentTime[] {
  const { timescale, presentationTimeOffset, startNumber, endNumber, durationTicks } = addressing
  const { mpd, period, budget } = context
  const length = durationTicks / timescale
  const whole = period.durationSeconds
  const { from, to } = counted(mpd, context, length)
  const last = endNumber === undefined ? to : endNumber - startNumber + 1
  const times: SegmentTime[] = []
  for (let k = from; k < last; k++) {
    spend(budget, period.node)
    const rest = whole === undefined ? length : whole - k * length
    times.push({
      number: startNumber + k,
      time: presentationTimeOffset + k * durationTicks,
      durationSeconds: k === last - 1 && rest > 0 && mpd.type === 'static' ? rest : length,
      startSeconds: period.startSeconds + k * length,
    })
  }
  return times
}

/**
 * The existing segments: all of a Period with a known duration, or those within the time shift buffer of an open one.
 */
function counted(mpd: ReadMpd, { period, nowMs }: TimeContext, length: number): { from: number; to: number } {
  const { durationSeconds } = period
  const all =
    durationSeconds === undefined ? Number.POSITIVE_INFINITY : Math.ceil(durationSeconds / length - 1e-9)
  if (mpd.type === 'static') return { from: 0, to: Number.isFinite(all) ? all : 1 }
  const elapsed = elapsedSeconds(mpd, period, nowMs)
  if (elapsed === undefined) return { from: 0, to: Number.isFinite(all) ? all : 0 }
  const depth = mpd.timeShiftBufferSeconds ?? Number.POSITIVE_INFINITY
  return {
    from: Math.max(0, Math.floor((elapsed - depth) / length)),
    to: Math.min(all, Math.floor(elapsed / length)),
  }
}

function spend(budget: SegmentBudget, { line }: XmlNode): void {
  if (budget.left-- <= 0) {
    throw new HeadendError(
      'DASH_SEGMENT_COUNT',
      `line ${line}: expected fewer segments than all Representations have`,
    )
  }
}
