/**
 * Which tracks have nothing at a time: DASH ends a Period where a gap of any track begins and where it ends, since some
 * players take a hole within one for the end.
 */
import type { Segment, Track } from './timeline.ts'

/** Ids of the tracks that have a gap in the middle of a segment, as one word; empty if none has. */
export type GapsBeside = (segment: Pick<Segment, 'start' | 'duration'>, timescale: number) => string

/** The gaps of a timeline's tracks. */
export function gapsOf(tracks: readonly Pick<Track, 'id' | 'timescale' | 'segments'>[]): GapsBeside {
  const gaps = tracks.flatMap(({ id, timescale, segments }) =>
    segments.flatMap(({ gap, start, duration }) =>
      gap === 'missing' ? [{ id, from: start / timescale, to: (start + duration) / timescale }] : [],
    ),
  )
  if (gaps.length === 0) return () => ''
  return ({ start, duration }, timescale) => {
    const middle = (start + duration / 2) / timescale
    const here = gaps.flatMap(({ id, from, to }) => (from <= middle && middle < to ? [id] : []))
    return here.toSorted().join()
  }
}
