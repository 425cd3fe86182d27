/** Media time to wall clock time. */
import type { PlaylistSegment } from '../formats/hls/index.ts'
import type { Clip, Presentation } from '../timeline/presentation.ts'
import { clipShift } from '../timeline/shown.ts'
import type { Timeline } from '../timeline/timeline.ts'

/**
 * Wall clock time of a clip's media time `seconds`, if known: by the presentation's own clock, else by the source's.
 */
export function dateOf(
  presentation: Presentation,
  clip: Clip,
  seconds: number,
): Pick<PlaylistSegment, 'programDateTimeMs'> {
  const { epochMs } = presentation
  const programDateTimeMs =
    epochMs === undefined
      ? wallClock(clip.timeline, seconds)
      : Math.round(epochMs + (seconds + clipShift(presentation, clip)) * 1000)
  return programDateTimeMs === undefined ? {} : { programDateTimeMs }
}

/** Epoch milliseconds of media time `seconds` by the anchor in force; undefined if there is no anchor. */
function wallClock({ anchors, timescale }: Timeline, seconds: number): number | undefined {
  const anchor = anchors.findLast(({ at }) => at / timescale <= seconds) ?? anchors[0]
  return anchor && Math.round(anchor.epochMs + (seconds - anchor.at / timescale) * 1000)
}
