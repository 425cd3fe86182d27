/**
 * Holes that are not filled in time become facts: a gap if a segment or a few were lost, a discontinuity if the encoder
 * began anew. Until then nothing behind them is published.
 */

import type { LiveHead } from '../../timeline/live/head.ts'
import { minuteOf } from '../../timeline/live/head.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { type MinuteRow, type Recorded, recordedIn, rowWith } from '../live/minute-row.ts'

/** How long a hole may wait to be filled, in segments. */
const patienceSegments = 3
/** A longer hole is no loss of segments but a time without a feed. */
const maxGapSegments = 10

/** Rows to write in the place of those that are there. */
export type Resolved = readonly MinuteRow[]

/** What is to be written of holes whose time has passed, in the last minutes of all tracks. */
export function resolveHoles(head: LiveHead, rows: readonly MinuteRow[]): Resolved {
  const tracks = head.tracks.map(({ id, timescale }) => {
    const own = rows.filter(({ trackId }) => trackId === id).toSorted((a, b) => a.minute - b.minute)
    const recorded = own.flatMap(recordedIn)
    return { id, timescale, rows: own, recorded, segments: recorded.map(({ segment }) => segment) }
  })
  const newest = Math.max(
    ...tracks.map(({ segments, timescale }) => {
      const last = segments.at(-1)
      return last ? (last.start + last.duration) / timescale : Number.NEGATIVE_INFINITY
    }),
  )
  const patience = patienceSegments * head.segmentSeconds
  return tracks.flatMap(({ id, timescale, rows: own, recorded, segments }) => {
    const at = segments.findIndex((next, i) => {
      const before = segments[i - 1]
      return before && !next.discontinuity && next.start !== before.start + before.duration
    })
    const ticks = head.segmentSeconds * timescale
    const [before, next] = [segments[at - 1], segments[at]]
    if (!next)
      return withSegments(own, {
        trackId: id,
        timescale,
        segments: overdue(segments, { ticks, until: (newest - patience) * timescale }),
      })
    if (!before || newest - next.start / timescale < patience) return []
    const hole = { from: before.start + before.duration, to: next.start }
    const isLoss = hole.to - hole.from <= maxGapSegments * ticks && !begins(recorded, at)
    if (isLoss)
      return withSegments(own, { trackId: id, timescale, segments: gapsOf(hole, { before, ticks }) })
    const again = { ...next, discontinuity: true }
    return withSegments(own, {
      trackId: id,
      timescale,
      segments: [again],
      run: recorded[at]?.run ?? Number.NaN,
    })
  })
}

/** True if the one at a place is of another run of its encoder than the one before it, and both are known. */
function begins(recorded: readonly Recorded[], at: number): boolean {
  const [before, next] = [recorded[at - 1]?.run ?? Number.NaN, recorded[at]?.run ?? Number.NaN]
  return !Number.isNaN(before) && !Number.isNaN(next) && before !== next
}

/** Gaps of a track that the others have left behind; none if it is so far behind that it has ended. */
function overdue(
  segments: readonly Segment[],
  { ticks, until }: { readonly ticks: number; readonly until: number },
): readonly Segment[] {
  const before = segments.at(-1)
  if (!before) return []
  const from = before.start + before.duration
  const count = Math.floor((until - from) / ticks)
  return count < 1 || count > maxGapSegments
    ? []
    : gapsOf({ from, to: from + count * ticks }, { before, ticks })
}

/** The lost time in segments of about the usual length. */
function gapsOf(
  { from, to }: { readonly from: number; readonly to: number },
  { before, ticks }: { readonly before: Segment; readonly ticks: number },
): readonly Segment[] {
  const count = Math.max(1, Math.round((to - from) / ticks))
  return Array.from({ length: count }, (_, i) => {
    const start = from + Math.round((i * (to - from)) / count)
    const end = from + Math.round(((i + 1) * (to - from)) / count)
    return {
      number: start,
      cut: 0,
      start,
      duration: end - start,
      bytes: 0,
      configId: before.configId,
      sync: true,
      gap: 'missing' as const,
      discontinuity: false,
    }
  })
}

interface Added {
  readonly trackId: string
  readonly timescale: number
  readonly segments: readonly Segment[]
  /** NaN if they are of no run. */
  readonly run?: number
}

function withSegments(
  rows: readonly MinuteRow[],
  { trackId, timescale, segments, run = Number.NaN }: Added,
): Resolved {
  const byMinute = Map.groupBy(segments, ({ start }) => minuteOf(start / timescale))
  return [...byMinute].map(([minute, added]) => {
    const row = rows.find((one) => one.minute === minute)
    return rowWith(
      row,
      { minute, trackId },
      added.map((segment) => ({ segment, run })),
    )
  })
}
