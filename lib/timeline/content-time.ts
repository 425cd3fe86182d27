/** Converts between presentation time and timeline time. Both are whole ticks of their own timescale. */
import type { Clip, Presentation } from './presentation.ts'
import type { Ticks } from './timeline.ts'

type Timed = Pick<Presentation, 'timescale'>

/** A time of a clip's timeline as presentation time, whether or not the clip shows it. */
export const presentationTicks = (
  { timescale }: Timed,
  { timeline, from, at }: Clip,
  content: Ticks,
): Ticks => at + scaled(content - from, timeline.timescale, timescale)

/** The clip and its timeline time shown at a presentation time; undefined after the end and before the start. */
export function contentAt(
  presentation: Pick<Presentation, 'timescale' | 'clips'>,
  at: Ticks,
): { readonly clip: Clip; readonly ticks: Ticks } | undefined {
  const clip = presentation.clips.findLast((one) => one.at <= at)
  if (!clip) return undefined
  const ticks = clip.from + scaled(at - clip.at, presentation.timescale, clip.timeline.timescale)
  return clip.to === undefined || ticks < clip.to ? { clip, ticks } : undefined
}

/** Rescales a duration to the nearest tick; whole seconds are scaled apart, so that nothing exceeds 2^53. */
export function scaled(ticks: Ticks, from: number, to: number): Ticks {
  const seconds = Math.floor(ticks / from)
  return seconds * to + Math.round(((ticks - seconds * from) * to) / from)
}
