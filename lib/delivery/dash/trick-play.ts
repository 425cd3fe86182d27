/** AdaptationSets of key frames, for winding (DASH-IF IOP 4.3 3.2.9). */
import type { AdaptationSet, Representation } from '../../formats/dash/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { Run } from './period-spans.ts'

/**
 * The set as no player plays it and every player may wind by it. The essential property says both; a role would
 * offer it for playing.
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

/** A decoder of the pictures shows key frames, so many fewer, so much faster (ISO/IEC 23009-1 5.3.7.2). */
function maxPlayoutRate(pictures: FrameRate, keyFrames: FrameRate): Pick<Representation, 'maxPlayoutRate'> {
  if (!pictures || !keyFrames) return {}
  const rate = (pictures[0] * keyFrames[1]) / (pictures[1] * keyFrames[0])
  return { maxPlayoutRate: Math.max(1, Math.floor(rate)) }
}

/** Seconds of the longest segment of key frames: they may lie further apart than pictures are cut. */
export function maxTrick(runs: readonly Run[]): number {
  let longest = 0
  for (const { parts } of runs)
    for (const { rendition, track, segments } of parts) {
      if (rendition.trickOf === undefined) continue
      for (const { duration } of segments) longest = Math.max(longest, duration / track.timescale)
    }
  return longest
}
