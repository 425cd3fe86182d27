/**
 * Holes that are not filled in time become facts: a gap if a segment or a few were lost, a discontinuity if the encoder
 * began anew. Until then nothing behind them is published.
 */
import { absence } from '../../timeline/live/absence.ts'
import { type LiveHead, maxSegmentTicks } from '../../timeline/live/head.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { isBeside } from '../live/beside.ts'
import { type MinuteRow, type Recorded, recordedIn } from '../live/minute-row.ts'
import { missingIn, withSegments } from './gaps.ts'

/** How long a hole may wait to be filled, in segments. */
export const patienceSegments = 3
/** A longer hole is no loss of segments but a time without a feed. */
const maxGapSegments = absence.segments
/** Most gaps that one look writes of a track: twenty minutes of 2 s. */
const maxGapsALook = 600

/** Rows to write in the place of those that are there. */
export type Resolved = readonly MinuteRow[]

/** What is known beside the rows. */
export interface Circumstances {
  /** Each track's last sealed segment, by its id. */
  readonly sealed?: ReadonlyMap<string, Segment>
  /** Seconds by which the others must be ahead of a track that has ended; without it, none has. */
  readonly endedSeconds?: number
  /** Nothing has come for so long that nothing is waited for. */
  readonly isSilent?: boolean
}

interface TrackRows {
  readonly id: string
  readonly isText: boolean
  readonly timescale: number
  readonly rows: readonly MinuteRow[]
  /** Behind the last sealed one, which comes along. */
  readonly recorded: readonly Recorded[]
  readonly segments: readonly Segment[]
}

/** What is to be written of holes whose time has passed, in the last minutes of all tracks. */
export function resolveHoles(
  head: LiveHead,
  rows: readonly MinuteRow[],
  circumstances: Circumstances = {},
): Resolved {
  const tracks = head.tracks.map(({ id, type, timescale }): TrackRows => {
    const own = rows.filter(({ trackId }) => trackId === id).toSorted((a, b) => a.minute - b.minute)
    const last = circumstances.sealed?.get(id)
    const sealed = last ? [{ segment: last, run: Number.NaN }] : []
    const recorded = [...sealed, ...own.flatMap(recordedIn)]
    const segments = recorded.map(({ segment }) => segment)
    return { id, isText: isBeside(type), timescale, rows: own, recorded, segments }
  })
  // Text that is ahead makes nobody late.
  const leading = tracks.filter(({ isText }) => !isText)
  const newest = Math.max(...leading.map(endSeconds))
  const patience = circumstances.isSilent ? 0 : patienceSegments * head.segmentSeconds
  return tracks.flatMap((track) => {
    const { id, timescale, rows: own, recorded, segments } = track
    const at = segments.findIndex((one, i) => {
      const last = segments[i - 1]
      return last && !one.discontinuity && one.start !== last.start + last.duration
    })
    const ticks = head.segmentSeconds * timescale
    const maxTicks = maxSegmentTicks(head, timescale)
    const [before, next] = [segments[at - 1], segments[at]]
    if (!next) {
      const others = leading.filter((one) => one !== track).map((one) => begunSeconds(one, head))
      const gaps = overdue(segments, {
        ...circumstances,
        ticks,
        maxTicks,
        timescale,
        until: (newest - patience) * timescale,
        begun: Math.round(Math.max(...others) * timescale),
      })
      return withSegments(own, { trackId: id, timescale, segments: gaps })
    }
    if (!before || newest - next.start / timescale < patience) return []
    const hole = { from: before.start + before.duration, to: next.start }
    const isLoss = hole.to - hole.from <= maxGapSegments * ticks && (track.isText || !begins(recorded, at))
    const lost = missingIn(hole, { configId: before.configId, ticks, maxTicks })
    if (isLoss) return withSegments(own, { trackId: id, timescale, segments: lost })
    const again = { ...next, discontinuity: true }
    const { run = Number.NaN } = recorded[at] ?? {}
    return withSegments(own, { trackId: id, timescale, segments: [again], run })
  })
}

/** True if the one at a place is of another run of its encoder than the one before it, and both are known. */
function begins(recorded: readonly Recorded[], at: number): boolean {
  const [before, next] = [recorded[at - 1]?.run ?? Number.NaN, recorded[at]?.run ?? Number.NaN]
  return !Number.isNaN(before) && !Number.isNaN(next) && before !== next
}

/** Media time behind a track; -Infinity if it has nothing. */
function endSeconds({ segments, timescale }: TrackRows): number {
  const last = segments.at(-1)
  return last ? (last.start + last.duration) / timescale : Number.NEGATIVE_INFINITY
}

/** Where a track last began behind a time without a feed; -Infinity if it never paused. */
function begunSeconds({ segments, timescale }: TrackRows, { segmentSeconds }: LiveHead): number {
  const longest = maxGapSegments * segmentSeconds * timescale
  const begun = segments.findLast((one, i) => {
    const before = segments[i - 1]
    return before && one.start - (before.start + before.duration) > longest
  })
  return begun ? begun.start / timescale : Number.NEGATIVE_INFINITY
}

interface Overdue extends Circumstances {
  /** Of a usual segment, and of the longest that playlists may have. */
  readonly ticks: number
  readonly maxTicks: number
  readonly timescale: number
  /** Up to where it should have come. */
  readonly until: number
  /** Where the others began behind the last pause. */
  readonly begun: number
}

/**
 * Gaps of a track that the others have left behind. One that is far behind may still come, all at once, unless it has
 * ended: then its absence begins with a discontinuity of all tracks, and so does what the others began behind a pause.
 */
function overdue(segments: readonly Segment[], context: Overdue): readonly Segment[] {
  const { ticks, maxTicks, timescale, until, begun, endedSeconds = Number.POSITIVE_INFINITY } = context
  const before = segments.at(-1)
  if (!before) return []
  const end = before.start + before.duration
  const isAnew = begun > end
  const from = isAnew ? begun : end
  const missing = (until - from) / ticks
  // A channel that is silent is levelled: what the others have more than half a segment of is shown.
  const count = context.isSilent && missing > 0.5 ? Math.ceil(missing) : Math.floor(missing)
  if (count < 1) return []
  if (count > maxGapSegments && !context.isSilent && (until - from) / timescale < endedSeconds) return []
  const most = Math.min(count, maxGapsALook)
  const to = context.isSilent && most === count ? until : from + most * ticks
  const gaps = missingIn({ from, to }, { configId: before.configId, ticks, maxTicks })
  const opens = isAnew ? 0 : absence.opensIn(segments)
  return gaps.map((gap, i) => (i === opens ? { ...gap, discontinuity: true } : gap))
}
