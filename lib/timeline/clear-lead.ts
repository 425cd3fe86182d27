/** The clear lead: what of a film leaves in the clear, so that it starts before a licence is there. */
import type { Track } from './timeline.ts'

/**
 * What is wanted beyond a segment's end. Times as the packager finds them in the samples may differ from those of the
 * timeline by some pictures, and by up to a second where an edit hides the end of a film.
 */
const marginSeconds = 1

/**
 * Media seconds before which all of a film is in the clear, the same in every track and protocol: where the first
 * segment begins that ends less than a second before the lead does.
 */
export function clearUntil(tracks: readonly Track[], leadSeconds: number): number {
  let until = Number.POSITIVE_INFINITY
  for (const { segments, timescale } of tracks) {
    const last = (leadSeconds - marginSeconds) * timescale
    const first = segments.find(({ start, duration }) => start + duration > last)
    if (first) until = Math.min(until, first.start / timescale)
  }
  return until
}
