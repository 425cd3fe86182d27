/** Gaps as segments, and rows with segments put into them. */
import { minuteOf } from '../../timeline/live/head.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { type MinuteRow, rowWith } from '../live/minute-row.ts'

/** What gaps are made of. */
export interface GapForm {
  readonly configId: string
  /** Of a usual segment. */
  readonly ticks: number
  /** Of the longest one that playlists may have. */
  readonly maxTicks: number
}

/** The lost time in segments of about the usual length. */
export function missingIn(
  { from, to }: { readonly from: number; readonly to: number },
  { configId, ticks, maxTicks }: GapForm,
): readonly Segment[] {
  const count = Math.max(1, Math.round((to - from) / ticks), Math.ceil((to - from) / maxTicks))
  return Array.from({ length: count }, (_, i) => {
    const start = from + Math.round((i * (to - from)) / count)
    const end = from + Math.round(((i + 1) * (to - from)) / count)
    return {
      number: start,
      cut: 0,
      start,
      duration: end - start,
      bytes: 0,
      configId,
      sync: true,
      gap: 'missing' as const,
      discontinuity: false,
    }
  })
}

/** Segments of a track, and the run they are of. */
interface Added {
  readonly trackId: string
  readonly timescale: number
  readonly segments: readonly Segment[]
  /** NaN if they are of no run. */
  readonly run?: number
}

/** The rows of a track that segments lie in, with them, in the order of time. */
export function withSegments(
  rows: readonly MinuteRow[],
  { trackId, timescale, segments, run = Number.NaN }: Added,
): readonly MinuteRow[] {
  const byMinute = Map.groupBy(segments, ({ start }) => minuteOf(start / timescale))
  return [...byMinute].map(([minute, added]) => {
    const row = rows.find((one) => one.minute === minute)
    const recorded = added.map((segment) => ({ segment, run }))
    return rowWith(row, { minute, trackId }, recorded)
  })
}
