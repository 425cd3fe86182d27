/** Snaps a requested range to possible cuts: the segment starts of the reference video. */
import { HeadendError } from '../errors.ts'
import { scaled } from '../timeline/content-time.ts'
import type { Ticks, Track } from '../timeline/timeline.ts'

/** Seconds of media time; absent: the start and the end of the asset. */
export interface AskedRange {
  readonly fromSeconds?: number | undefined
  readonly toSeconds?: number | undefined
}

/**
 * The nearest segment boundaries, in `timescale`, at least one segment apart. Throws CLIP_RANGE (400) for a range that
 * begins after the end of the asset.
 */
export function snapped(
  { segments, timescale: ticksASecond }: Track,
  { fromSeconds, toSeconds }: AskedRange,
  { timescale, where }: { readonly timescale: number; readonly where: string },
): { readonly from: Ticks; readonly to: Ticks } {
  const starts = segments.map(({ start }) => start)
  const last = segments.at(-1)
  const end = last ? last.start + last.duration : 0
  const boundaries = [...starts, end]
  if (!last || (fromSeconds !== undefined && fromSeconds * ticksASecond >= end))
    throw new HeadendError(
      'CLIP_RANGE',
      `${where}: expected a start before its end at ${end / ticksASecond} s, got ${String(fromSeconds ?? 0)} s`,
    )
  const first = fromSeconds === undefined ? 0 : nearest(starts, fromSeconds * ticksASecond)
  const asked = toSeconds === undefined ? starts.length : nearest(boundaries, toSeconds * ticksASecond)
  const until = Math.max(asked, first + 1)
  const ticks = (index: number): Ticks => scaled(boundaries[index] ?? end, ticksASecond, timescale)
  return { from: ticks(first), to: ticks(until) }
}

/** Index of the nearest of some ascending times; the earlier of two. */
function nearest(times: readonly Ticks[], wanted: number): number {
  let best = 0
  for (const [index, time] of times.entries())
    if (Math.abs(time - wanted) < Math.abs((times[best] ?? 0) - wanted)) best = index
  return best
}
