/** Trick play AdaptationSets (DASH-IF IOP 4.3 3.2.9). */
import type { AdaptationSet, Representation } from '../../formats/dash/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { Run } from './period-spans.ts'

/**
 * Marks a set for trick play only. The essential property both hides it from playback and offers it for trick play; a
 * role would offer it for playback.
 */
export function trickSet(
  set: AdaptationSet,
  { mainId, picture }: { readonly mainId: number; readonly picture: Rendition },
): AdaptationSet {
  return {
    ...set,
    essential: [
      { schemeIdUri: 'http://dashif.org/guidelines/trickmode', value: String(mainId) },
      ...(set.essential ?? []),
    ],
    roles: [],
    representations: set.representations.map((one) => ({
      ...one,
      codingDependency: false,
      ...maxPlayoutRate(picture.config.frameRate, one.frameRate),
    })),
  }
}

type FrameRate = Representation['frameRate']

/** Playout rate of key frames alone: the fewer frames than the main video, the faster (ISO/IEC 23009-1 5.3.7.2). */
function maxPlayoutRate(pictures: FrameRate, keyFrames: FrameRate): Pick<Representation, 'maxPlayoutRate'> {
  if (!pictures || !keyFrames) return {}
  const rate = (pictures[0] * keyFrames[1]) / (pictures[1] * keyFrames[0])
  return { maxPlayoutRate: Math.max(1, Math.floor(rate)) }
}

/**
 * Duration in seconds of the longest trick play segment: key frames may lie further apart than video segment
 * boundaries.
 */
export function maxTrick(runs: readonly Run[]): number {
  let longest = 0
  for (const { parts } of runs)
    for (const { rendition, track, segments } of parts) {
      if (rendition.trickOf === undefined) continue
      for (const { duration } of segments) longest = Math.max(longest, duration / track.timescale)
    }
  return longest
}
