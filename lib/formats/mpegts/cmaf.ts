/** What the writers of CMAF headers and segments are given for a track of a transport stream. */

import type { Codec } from '../isobmff/codec.ts'
import type { Init } from '../isobmff/init.ts'
import { unityMatrix } from '../isobmff/mvhd.ts'
import type { Fragment } from '../isobmff/segment.ts'
import type { ElementaryTrack } from './tracks.ts'

/** 1.0 in 16.16 fixed point. */
const fixedPoint = 0x10000

/** For `writeInit`. */
export function trackInit(track: ElementaryTrack, trackId: number): Init {
  const { facts, timescale, language, sampleEntry } = track
  const brand = facts.brand(frameRateOf(track))
  return {
    type: facts.type,
    trackId,
    timescale,
    ...(language !== undefined && { language }),
    ...displaySize(facts),
    matrix: unityMatrix,
    sampleEntry,
    ...(brand !== undefined && { brands: [brand] }),
    mediaStart: 0,
  }
}

/** Size as `tkhd` says it, 16.16 fixed point, with square pixels; 0 of audio. */
export function displaySize(facts: Codec): Pick<Init, 'width' | 'height'> {
  if (facts.type === 'audio') return { width: 0, height: 0 }
  const [h, v] = facts.pixelAspect ?? [1, 1]
  return {
    width: Math.min(Math.round((facts.width * fixedPoint * h) / v), 0xffffffff),
    height: facts.height * fixedPoint,
  }
}

/** Units a second, by the duration most samples have. */
function frameRateOf({ samples, timescale }: Pick<ElementaryTrack, 'samples' | 'timescale'>): number {
  const durations = samples.map(({ durationTicks }) => durationTicks).toSorted((a, b) => a - b)
  return timescale / (durations[durations.length >> 1] ?? timescale)
}

/** For `writeSegmentHead`, behind which the samples' bytes follow; decode times must not be below 0. */
export function trackFragment(
  { samples }: Pick<ElementaryTrack, 'samples'>,
  { sequence, trackId }: Pick<Fragment, 'sequence' | 'trackId'>,
): Fragment {
  const offsets = Int32Array.from(samples, ({ compositionTicks }) => compositionTicks)
  return {
    sequence,
    trackId,
    decodeTime: samples[0]?.decodeTicks ?? 0,
    sizes: Uint32Array.from(samples, ({ bytes }) => bytes.length),
    durations: Uint32Array.from(samples, ({ durationTicks }) => durationTicks),
    ...(offsets.some((offset) => offset !== 0) && { compositionOffsets: offsets }),
    // Decoding can start at a gradual recovery point, but what it shows at first is not what it should.
    sync: Uint8Array.from(samples, ({ sync }) => (sync === 'none' || sync === 'gradual' ? 0 : 1)),
  }
}
