/**
 * Segment addressing of a Representation: a template if numbers are consecutive and nothing was re-cut, else a list.
 */
import type { Representation } from '../../formats/dash/index.ts'
import { mediaLinks } from '../links.ts'
import type { Run, RunPart } from './period-spans.ts'

/** The addressing members of a Representation. */
export function dashSegments(
  { track, segments, protection }: RunPart,
  run: Run,
  root: string,
  configId: string,
): Pick<Representation, 'template' | 'list'> {
  const links = mediaLinks(root, run.clip.timeline, track, protection.media)
  const first = segments[0]
  const hasInit = links.directory !== undefined || track.inits?.[configId] !== undefined
  const common = {
    timescale: track.timescale,
    // Media time of the Period's start, the same instant for every track of the run: keeps audio and video in sync.
    presentationTimeOffset: Math.round(run.mediaStartSeconds * track.timescale),
    ...(hasInit && { initialization: links.init(configId) }),
    segments,
  }
  const counts = segments.every(
    ({ number, cut }, i) => number === (first?.number ?? 0) + i && cut === first?.cut,
  )
  if (links.directory !== undefined && first && counts)
    return {
      template: {
        ...common,
        startNumber: first.number,
        media: `${links.directory}$Number$.${first.cut}.m4s`,
      },
    }
  return { list: { ...common, media: segments.map((segment) => links.segment(segment)) } }
}
