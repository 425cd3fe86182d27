/**
 * Segment addressing of a Representation: a template by number if numbers are consecutive, by time if they are the
 * starts, as in live timelines, and nothing was re-cut; else a list.
 */
import type { Representation } from '../../formats/dash/index.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { mediaLinks } from '../links.ts'
import type { Run, RunPart } from './period-spans.ts'

/** The addressing members of a Representation. */
export function dashSegments(
  { track, segments, protection }: RunPart,
  run: Run,
  manifestPath: string,
  configId: string,
): Pick<Representation, 'template' | 'list'> {
  const links = mediaLinks(manifestPath, run.clip.timeline, track, protection.media)
  const first = segments[0]
  const hasInit = links.directory !== undefined || track.inits?.[configId] !== undefined
  const common = {
    timescale: track.timescale,
    // Media time of the Period's start, the same instant for every track of the run: keeps audio and video in sync.
    presentationTimeOffset: Math.round(run.mediaStartSeconds * track.timescale),
    ...(hasInit && { initialization: links.init(configId) }),
    segments,
  }
  const cut = first?.cut
  const media = first && links.directory !== undefined && templateOf(segments, first)
  if (media && first && segments.every((one) => one.cut === cut))
    return {
      template: {
        ...common,
        ...(media === '$Number$' && { startNumber: first.number }),
        media: `${links.directory}${media}.${first.cut}.m4s`,
      },
    }
  return { list: { ...common, media: segments.map((segment) => links.segment(segment)) } }
}

/** The identifier that stands for the number of each segment; undefined if none does. */
function templateOf(segments: readonly Segment[], first: Segment): '$Number$' | '$Time$' | undefined {
  // First of all: a Period that has one segment as yet must not change its template with the second.
  if (first.start > 0 && segments.every(({ number, start }) => number === start)) return '$Time$'
  return segments.every(({ number }, i) => number === first.number + i) ? '$Number$' : undefined
}
