/** A range asked for in seconds as the product can cut it: at the starts of the reference video's segments. */
import { HeadendError } from '../errors.ts'
import { scaled } from '../timeline/content-time.ts'
import type { Ticks, Track } from '../timeline/timeline.ts'

/** Seconds of media time; the start and the end of the film where absent. */
export interface AskedRange {
  readonly fromSeconds?: number | undefined
  readonly toSeconds?: number | undefined
}

/**
 * The nearest boundaries, in `timescale`, with a segment between them at least. Throws CLIP_RANGE (400) for a range
 * that begins where the film has ended.
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

/** Index of the nearest of some times that rise; of two the earlier one. */
function nearest(times: readonly Ticks[], wanted: number): number {
  let best = 0
  for (const [index, time] of times.entries())
    if (Math.abs(time - wanted) < Math.abs((times[best] ?? 0) - wanted)) best = index
  return best
}
