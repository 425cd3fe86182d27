/** Cuts sound next to where the pictures are cut, at the nearest frame. */
import type { FilmTrack } from './film-track.ts'
import { presentationTime, type ShownSamples } from './shown-samples.ts'

/** A cut: the first sample, and the presentation time in ticks it starts at; the last one is the end. */
export interface SampleCut {
  readonly sample: number
  readonly start: number
}

/** Sound may go on this much longer than the pictures before it gets a segment of its own. */
const tailShare = 0.5

/** Where sound is cut: with the pictures while there are any, every `aim` seconds where there are none. */
export function soundBoundaries(
  pictures: readonly number[],
  { from, to, aim }: { readonly from: number; readonly to: number; readonly aim: number },
): number[] {
  const first = pictures[0]
  const last = pictures.at(-1)
  if (first === undefined || last === undefined) return grid(from + aim, to - aim * tailShare, aim)
  // What begins before the pictures is cut on the same grid, counted backwards from where they begin.
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

/** Samples nearest to the boundaries (in seconds); boundaries without sound between them fall together. */
export function cutSound(track: FilmTrack, shown: ShownSamples, boundaries: readonly number[]): SampleCut[] {
  const { from, to, end } = shown
  const start = Math.max(0, presentationTime(track, from))
  const cuts: SampleCut[] = [{ sample: from, start }]
  let sample = from
  for (const boundary of boundaries) {
    const wanted = boundary * track.timescale
    while (sample < to && presentationTime(track, sample) < wanted) sample++
    const before = wanted - presentationTime(track, sample - 1)
    const nearest = sample > from && before <= presentationTime(track, sample) - wanted ? sample - 1 : sample
    const time = presentationTime(track, nearest)
    const last = cuts.at(-1)
    if (nearest >= to || time >= end) break
    if (last && nearest > last.sample && time > last.start) cuts.push({ sample: nearest, start: time })
  }
  return [...cuts, { sample: to, start: end }]
}
