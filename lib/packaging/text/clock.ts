/** Segment boundaries and timescale of the text tracks of an asset. */
import type { Track } from '../../timeline/timeline.ts'
import { defaultAim } from '../indexing/choose-cuts.ts'
import { audioBoundaries } from '../indexing/cut-audio.ts'

/** Boundaries in ticks, from 0 to the end of the asset, without a gap. */
export interface TextClock {
  readonly timescale: number
  readonly boundaries: readonly number[]
  /** Boundaries at which all tracks have a discontinuity. */
  readonly discontinuities: ReadonlySet<number>
}

/** Coarser ticks can not express the milliseconds of WebVTT. */
const minTimescale = 1000

/** Cuts text where video is cut, to the tick; without video, where the first audio track is. */
export function textClock(film: readonly Track[]): TextClock {
  const lead = film.find(({ type, trickOf }) => type === 'video' && trickOf === undefined) ?? film[0]
  const unit = lead?.timescale ?? minTimescale
  const timescale = unit * Math.ceil(minTimescale / unit)
  const ends = film.map((track) => {
    const last = track.segments.at(-1)
    return last ? (last.start + last.duration) / track.timescale : 0
  })
  const to = Math.max(...ends)
  const starts = lead?.segments.map(({ start }) => start / unit) ?? []
  const last = lead?.segments.at(-1)
  const cuts = last ? [...starts, (last.start + last.duration) / unit] : []
  const inner = audioBoundaries(cuts, { from: 0, to, aim: defaultAim.seconds })
  const ticks = (seconds: number): number => Math.round(seconds * timescale)
  const end = ticks(to)
  const boundaries = [...new Set([0, ...inner.map(ticks).filter((at) => at > 0 && at < end), end])]
  const breaks = lead?.segments.filter(({ discontinuity }) => discontinuity) ?? []
  return {
    timescale,
    boundaries: boundaries.toSorted((a, b) => a - b),
    discontinuities: new Set(breaks.map(({ start }) => ticks(start / unit))),
  }
}
