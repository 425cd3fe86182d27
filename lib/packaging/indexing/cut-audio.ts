/** Cuts audio where video is cut, at the last frame that begins no later. */
import { HeadendError } from '../../errors.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { type EditedSamples, isSync, presentationTime } from './edited-samples.ts'

/** A cut: the first sample and its presentation time in ticks; the last cut is the end. */
export interface SampleCut {
  readonly sample: number
  readonly start: number
  /** The sample description of this or another track changes here. */
  readonly discontinuity?: boolean
}

/** Audio may outlast video by this share of the target before it gets a segment of its own. */
const tailShare = 0.5

/** Audio boundaries: those of video while there is any, otherwise every `aim` seconds. */
export function audioBoundaries(
  pictures: readonly number[],
  { from, to, aim }: { readonly from: number; readonly to: number; readonly aim: number },
): number[] {
  const first = pictures[0]
  const last = pictures.at(-1)
  if (first === undefined || last === undefined) return grid(from + aim, to - aim * tailShare, aim)
  // Audio before the video is cut on the same grid, counted backwards from the start of the video.
  const before = Math.max(0, Math.ceil((first - from) / aim - tailShare))
  return [
    ...Array.from({ length: before }, (_, i) => first - (before - 1 - i) * aim),
    ...pictures.slice(1, -1),
    ...grid(last, to - aim * tailShare, aim),
  ]
}

/** `start` and every `step` after it, before `end`. */
const grid = (start: number, end: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step)

/** Changes of audio and video at most this far apart, a few frames, are one change. */
const togetherSeconds = 0.1

/** Times in seconds at which a track's own sample description changes. */
export const changesOf = (track: SourceTrack, { from, to }: EditedSamples): number[] =>
  track.descriptions
    .filter((one) => one.from > from && one.from < to)
    .map((one) => presentationTime(track, one.from) / track.timescale)

/** Whether two changes are the same: audio and video joined at one place differ by a frame. */
export const isTogether = (one: number, other: number): boolean => Math.abs(one - other) <= togetherSeconds

/** Times in seconds at which to cut audio, and which of them are discontinuities. */
export interface AudioBoundaries {
  readonly boundaries: readonly number[]
  readonly changes: ReadonlySet<number>
}

/**
 * Cuts at samples a decoder can start with, the last ones that begin by each boundary; boundaries without audio between
 * them coincide. If audio began after a boundary, a DASH Period that begins there would have a gap at its start, and
 * dash.js seeks over that if it has nothing to play yet: a viewer whose first key was still loading went to the second
 * Period. Throws MP4_DESCRIPTION_CHANGE if the audio's own description changes where video has no cut.
 */
export function cutAudio(
  track: SourceTrack,
  shown: EditedSamples,
  { boundaries, changes }: AudioBoundaries,
): SampleCut[] {
  const { from, to, end } = shown
  const start = Math.max(0, presentationTime(track, from))
  const own = new Map(track.descriptions.map((one) => [one.from, presentationTime(track, one.from)]))
  const cuts: SampleCut[] = [{ sample: from, start }]
  let sample = from
  for (const boundary of boundaries) {
    const wanted = boundary * track.timescale
    while (sample < to && presentationTime(track, sample) < wanted) sample++
    const change =
      changes.has(boundary) && [...own].find(([, time]) => isTogether(time / track.timescale, boundary))?.[0]
    const begin = typeof change === 'number' ? change : syncBy(track, { sample, from, to, wanted })
    const time = presentationTime(track, begin)
    const last = cuts.at(-1)
    if (begin >= to || time >= end) break
    if (last && begin > last.sample && time > last.start)
      cuts.push({ sample: begin, start: time, ...(changes.has(boundary) && { discontinuity: true }) })
  }
  const missed = track.descriptions.find(
    (one) => one.from > from && one.from < to && !cuts.some((cut) => cut.sample === one.from),
  )
  if (missed)
    throw new HeadendError(
      'MP4_DESCRIPTION_CHANGE',
      `track ${track.trackId}: expected its description to change where the pictures have a key frame, ` +
        `got a change at ${(presentationTime(track, missed.from) / track.timescale).toFixed(3)} s; encode it anew`,
    )
  return [...cuts, { sample: to, start: end }]
}

interface Near {
  /** The first sample at or after the wanted time. */
  readonly sample: number
  readonly from: number
  readonly to: number
  readonly wanted: number
}

/** The nearest sync sample before, else after: most audio can be cut at any frame, USAC can not. */
function syncBy(track: SourceTrack, { sample, from, to, wanted }: Near): number {
  let behind = sample
  while (behind < to && !isSync(track, behind)) behind++
  let before = sample - 1
  while (before > from && !isSync(track, before)) before--
  if (before <= from) return behind
  return presentationTime(track, behind) <= wanted ? behind : before
}
