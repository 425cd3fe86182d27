/**
 * The key frames of a picture track as a track of its own, one a segment: what players show while a viewer winds
 * (HLS I-frame playlists, DASH trick mode). It is a track like any other, so nothing else has to know how it came.
 */

import type { SampleDescription, SourceTrack } from '../reading/source-track.ts'
import type { SampleCut } from './cut-audio.ts'
import { type EditedSamples, isSync, presentationTime } from './edited-samples.ts'

/** A track of key frames alone, all of it shown, and its cuts: every sample is one. */
export interface TrickTrack {
  readonly track: SourceTrack
  readonly shown: EditedSamples
  readonly cuts: readonly SampleCut[]
}

/** Winding shows no more pictures than these, and every one is a request. */
const nearestSeconds = 1
/** Clocks of milliseconds fall a little short of a second. */
const roundingSeconds = 0.001
/** Winding is for finding a place, on a line this high a face can be made out. */
const enoughLines = 480
/** What a `trun` can say at most. */
const maxTicks = 0xffffffff

/**
 * Of each codec and dynamic range the picture to wind by: the largest of at most 480 lines, else the smallest,
 * because a decoder may know one codec alone and a key frame weighs ten times a picture.
 */
export function trickPlaySources(pictures: readonly SourceTrack[]): SourceTrack[] {
  const best = new Map<string, SourceTrack>()
  for (const picture of pictures) {
    const family = familyOf(picture)
    const known = best.get(family)
    if (!known || suits(picture, known)) best.set(family, picture)
  }
  return [...best.values()]
}

function familyOf({ codec }: SourceTrack): string {
  return codec.type === 'video' ? `${codec.name.split('.', 1)[0]} ${codec.range}` : ''
}

/** Whether `one` is the better picture to wind by. */
function suits(one: SourceTrack, other: SourceTrack): boolean {
  const [lines, others] = [linesOf(one), linesOf(other)]
  if (lines === others) return bytesOf(one) < bytesOf(other)
  return lines <= enoughLines ? lines > others || others > enoughLines : lines < others
}

/** Of the shorter side, so that a portrait film counts as what it is. */
const linesOf = ({ codec }: SourceTrack): number =>
  codec.type === 'video' ? Math.min(codec.width, codec.height) : 0

const bytesOf = ({ samples }: SourceTrack): number => samples.sizes.reduce((sum, size) => sum + size, 0)

/**
 * The key frames of a picture track, none within a second of the one before it unless the picture's own `cuts` say
 * that decoders are told something new there. Each is shown until the next, and decoded when it is shown: nothing
 * is reordered. Undefined where one would be shown for longer than a segment can say.
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
  /** Presentation time; at the film's start where an edit begins behind it. */
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
    // What is shown at the start is the last one an edit begins behind.
    if (time === 0 && chosen.at(-1)?.time === 0) chosen.pop()
    const last = chosen.at(-1)
    const follows = !last || time - last.time >= nearest || (breaks.has(sample) && time > last.time)
    if (follows) chosen.push({ sample, time })
  }
  return chosen
}

/** Which of the chosen ones decoders are told something new in front of. */
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
