/**
 * Delta updates (RFC 8216bis 6.2.5.1): who reloads a playlist of hours has most of it already, and is told how many of
 * its oldest segments are left out.
 */
import type { Presentation } from '../../timeline/presentation.ts'
import type { VisibleClip } from '../../timeline/shown.ts'
import { dateRangesOf } from '../markers.ts'

/** Seconds from the end within which nothing is left out: six target durations at least (4.4.3.8). */
export const skipBoundarySeconds = ({ targetSeconds }: Pick<Presentation, 'targetSeconds'>): number =>
  6 * targetSeconds

/** Whether updates of a presentation's playlists may leave segments out: they must have a beginning, and grow. */
export const hasDeltaUpdates = ({ kind, deltaUpdates }: Presentation): boolean =>
  kind === 'event' && deltaUpdates === true

/**
 * Segments that an update leaves out at its beginning. None where one of them has a discontinuity, a date range or tags
 * of its own, for players differ in what they make of those; then the whole playlist is printed.
 */
export function skippableSegments(
  presentation: Presentation,
  { clip, track, segments }: VisibleClip,
): number {
  const { timescale } = track
  const [first, last] = [segments[0], segments.at(-1)]
  if (!first || !last) return 0
  const oldest = last.start + last.duration - skipBoundarySeconds(presentation) * timescale
  const kept = segments.findIndex(({ start, duration }) => start + duration > oldest)
  const skipped = segments.slice(0, kept)
  const end = skipped.at(-1)
  if (!end || skipped.some(({ discontinuity, tags }, i) => (discontinuity && i > 0) || tags)) return 0
  const rangesAt = dateRangesOf(presentation, clip)
  const isTold = [first, end].some(({ start }) => (rangesAt?.(start / timescale).length ?? 0) > 0)
  return isTold ? 0 : skipped.length
}
