/** The clear lead: the unencrypted start of an asset, which lets it play before a licence has arrived. */
import type { Track } from './timeline.ts'

/**
 * Margin after a segment's end. Times the packager derives from samples may differ from those of the timeline by some
 * frames, and by up to a second if an edit hides the end.
 */
const marginSeconds = 1

/**
 * Media seconds before which all of an asset is clear, the same in every track and protocol: the start of the first
 * segment that ends later than one second before the end of the lead.
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
