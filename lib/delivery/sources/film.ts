/** An asset as a presentation of one clip. */
import type { Presentation, Protection } from '../../timeline/presentation.ts'
import { targetSeconds } from '../../timeline/stored.ts'
import { type Counts, noCounts, type Timeline } from '../../timeline/timeline.ts'
import { renditionsOf } from './renditions.ts'

/** Facts about an asset that its timeline does not contain. */
export interface AssetFacts {
  /** Target duration of the whole, if only part of the timeline was read. */
  readonly targetSeconds?: number
  /** @default in the clear */
  readonly protection?: Protection
}

/** The presentation of a whole closed timeline. */
export function vodPresentation(timeline: Timeline, facts: AssetFacts = {}): Presentation {
  const renditions = renditionsOf(timeline)
  const byRendition = <Value>(value: (id: string) => Value) =>
    Object.fromEntries(renditions.map(({ id }) => [id, value(id)]))
  return {
    id: timeline.id,
    kind: 'vod',
    timescale: timeline.timescale,
    renditions,
    targetSeconds: facts.targetSeconds ?? targetSeconds(timeline),
    clips: [
      {
        ordinal: 0,
        timeline,
        from: 0,
        at: 0,
        role: 'content',
        tracks: byRendition((id) => id),
        protection: facts.protection ?? { scheme: 'clear' },
        before: byRendition(() => noCounts),
        first: Object.fromEntries(timeline.tracks.map((track) => [track.id, firstCounts(track)])),
      },
    ],
  }
}

/** Counts at the start of a clip that begins with the track's first loaded segment. */
function firstCounts({ before, segments }: Timeline['tracks'][number]): Counts {
  return { ...before, discontinuities: before.discontinuities + (segments[0]?.discontinuity ? 1 : 0) }
}
