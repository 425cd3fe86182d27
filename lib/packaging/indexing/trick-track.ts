/**
 * The key frames of a video track as a track of its own, one per segment, for trick play (HLS I-frame playlists, DASH
 * trick mode). It is a track like any other, so no other code has to know its origin.
 */

import { trickChoice } from '../../timeline/trick-choice.ts'
import type { SampleDescription, SourceTrack } from '../reading/source-track.ts'
import type { SampleCut } from './cut-audio.ts'
import { type EditedSamples, isSync, presentationTime } from './edited-samples.ts'

/** A track of key frames only, all shown, and its cuts: one at every sample. */
export interface TrickTrack {
  readonly track: SourceTrack
  readonly shown: EditedSamples
  readonly cuts: readonly SampleCut[]
}

/** The minimum distance: trick play shows no more frames than this, and each is a request. */
const nearestSeconds = 1
/** Millisecond clocks fall slightly short of a second. */
const roundingSeconds = 0.001
/** Maximum duration in `trun`. */
const maxTicks = 0xffffffff

/** Chooses one video track per codec and dynamic range for trick play. */
export const trickPlaySources = (pictures: readonly SourceTrack[]): SourceTrack[] =>
  trickChoice(pictures, ({ codec, samples }) => ({
    family: codec.type === 'video' ? `${codec.name.split('.', 1)[0]} ${codec.range}` : '',
    lines: codec.type === 'video' ? Math.min(codec.width, codec.height) : 0,
    weight: samples.sizes.reduce((sum, size) => sum + size, 0),
  }))

/**
 * The key frames of a video track, at least a second apart unless the track's own `cuts` mark a description change
 * there. Each is shown until the next and decoded when shown: nothing is reordered. Undefined if one would be shown for
 * longer than a segment can express.
 */
export function trickTrack(
  track: SourceTrack,
  shown: EditedSamples,
  cuts: readonly SampleCut[],
): TrickTrack | undefined {
  const breaks = new Set(cuts.filter(({ discontinuity }) => discontinuity).map(({ sample }) => sample))
  const chosen = keyFrames(track, shown, breaks)
  const times = Float64Array.from([...chosen.map(({ time }) => time), shown.end])
  if (chosen.length === 0 || chosen.some(({ time }, i) => (times[i + 1] ?? 0) - time > maxTicks))
    return undefined
  const { sizes, offsets, descriptions } = track.samples
  const samples = {
    count: chosen.length,
    sizes: Uint32Array.from(chosen, ({ sample }) => sizes[sample] ?? 0),
    offsets: Float64Array.from(chosen, ({ sample }) => offsets[sample] ?? 0),
    decodeTimes: times,
    descriptions,
  }
  const { stored: _, ...facts } = track
  return {
    track: {
      ...facts,
      samples,
      descriptions: descriptionsOf(track, chosen),
      edit: { shift: 0, mediaStart: 0, roundingTicks: 0 },
    },
    shown: { from: 0, to: chosen.length, decodeShift: 0, compositionShift: 0, mediaStart: 0, end: shown.end },
    cuts: Array.from(times, (start, i) => ({
      sample: i,
      start,
      discontinuity: breaks.has(chosen[i]?.sample ?? -1),
    })),
  }
}

interface KeyFrame {
  readonly sample: number
  /** Presentation time; clipped to the asset's start if an edit begins after it. */
  readonly time: number
}

function keyFrames(
  track: SourceTrack,
  { from, to, end }: EditedSamples,
  breaks: ReadonlySet<number>,
): KeyFrame[] {
  const nearest = (nearestSeconds - roundingSeconds) * track.timescale
  const chosen: KeyFrame[] = []
  for (let sample = from; sample < to; sample++) {
    if (!isSync(track, sample) || track.samples.sizes[sample] === 0) continue
    const time = Math.max(0, presentationTime(track, sample))
    if (time >= end) continue
    // The frame shown at the start is the last one at or before the edit's start.
    if (time === 0 && chosen.at(-1)?.time === 0) chosen.pop()
    const last = chosen.at(-1)
    const follows = !last || time - last.time >= nearest || (breaks.has(sample) && time > last.time)
    if (follows) chosen.push({ sample, time })
  }
  return chosen
}

/** Description changes, as indexes into the chosen key frames. */
function descriptionsOf({ descriptions }: SourceTrack, chosen: readonly KeyFrame[]): SampleDescription[] {
  const runs: SampleDescription[] = []
  let next = 0
  for (const [from, { sample }] of chosen.entries()) {
    let codec: SampleDescription['codec'] | undefined
    for (; (descriptions[next]?.from ?? Number.POSITIVE_INFINITY) <= sample; next++)
      codec = descriptions[next]?.codec
    if (codec) runs.push({ from, codec })
  }
  return runs
}
