/**
 * Fills a clip for which a rendition has no track (a second language during an ad): its playlist must stay in step with
 * the others, so the time is filled with gaps (RFC 8216bis 4.4.4.7) of at most the target duration.
 */
import type { PlaylistSegment } from '../../formats/hls/index.ts'
import { gapCount } from '../../timeline/counts.ts'
import type { Clip, Presentation } from '../../timeline/presentation.ts'
import { clipStart } from '../../timeline/shown.ts'
import { dateOf } from '../clock.ts'

/** The visible gaps, and the number of gaps before the window. */
export interface MissingClip {
  readonly segments: readonly PlaylistSegment[]
  readonly dropped: number
}

/** Gaps for the whole of a closed clip; an open clip has none until its end is known. */
export function missingClip(presentation: Presentation, clip: Clip): MissingClip {
  if (clip.to === undefined) return { segments: [], dropped: 0 }
  const { window, timescale, targetSeconds } = presentation
  const start = clipStart(presentation, clip)
  const seconds = (clip.to - clip.from) / clip.timeline.timescale
  const segments: PlaylistSegment[] = []
  let dropped = 0
  const count = gapCount(clip, targetSeconds)
  for (let i = 0; i < count; i++) {
    const at = i * targetSeconds
    const piece = Math.min(targetSeconds, seconds - at)
    const middle = start + at + piece / 2
    if (window && middle < window.from / timescale) dropped++
    else if (window?.to === undefined || middle < window.to / timescale)
      segments.push({
        uri: `gap-${clip.ordinal}-${at}`,
        seconds: piece,
        gap: true,
        discontinuity: at === 0,
        // The playlist may contain nothing else, and those beside it have dates.
        ...(segments.length === 0 && dateOf(presentation, clip, clip.from / clip.timeline.timescale + at)),
      })
  }
  return { segments, dropped }
}
