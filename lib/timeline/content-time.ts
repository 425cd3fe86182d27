/** Time of what is shown, and time of where it came from. Both in whole ticks of their own timescale. */
import type { Clip, Presentation } from './presentation.ts'
import type { Ticks } from './timeline.ts'

type Timed = Pick<Presentation, 'timescale'>

/** A moment of a clip's timeline in presentation time, whether or not the clip shows it. */
export const presentationTicks = (
  { timescale }: Timed,
  { timeline, from, at }: Clip,
  content: Ticks,
): Ticks => at + scaled(content - from, timeline.timescale, timescale)

/** What a presentation shows at a time: the clip, and the moment of its timeline; undefined behind its end and before its start. */
export function contentAt(
  presentation: Pick<Presentation, 'timescale' | 'clips'>,
  at: Ticks,
): { readonly clip: Clip; readonly ticks: Ticks } | undefined {
  const clip = presentation.clips.findLast((one) => one.at <= at)
  if (!clip) return undefined
  const ticks = clip.from + scaled(at - clip.at, presentation.timescale, clip.timeline.timescale)
  return clip.to === undefined || ticks < clip.to ? { clip, ticks } : undefined
}

/** The same duration in another timescale, to the nearest tick: whole seconds apart, so that nothing passes 2^53. */
export function scaled(ticks: Ticks, from: number, to: number): Ticks {
  const seconds = Math.floor(ticks / from)
  return seconds * to + Math.round(((ticks - seconds * from) * to) / from)
}
