/**
 * Counts of segments and discontinuities of a rendition before a clip, the basis of Media Sequence and Discontinuity
 * Sequence Numbers (RFC 8216bis 4.4.3.2, 4.4.3.3). Counted once, when a clip is appended to another.
 */
import type { Clip } from './presentation.ts'
import { firstFrom } from './shown.ts'
import { type Counts, noCounts, type Timeline } from './timeline.ts'

/**
 * A track's counts at the first segment shown from a time on: the segments before it, and discontinuities including its
 * own.
 */
export function countsAt(timeline: Timeline, trackId: string | undefined, from: number): Counts {
  const track = timeline.tracks.find(({ id }) => id === trackId)
  if (!track) return noCounts
  const { before, segments } = track
  const index = firstFrom(track, from / timeline.timescale)
  return {
    segments: before.segments + index,
    discontinuities: before.discontinuities + flagged(segments.slice(0, index + 1)),
  }
}

/** Whether a track has a segment shown from a time on: until then its counts there may change. */
export function hasSegmentsFrom(timeline: Timeline, trackId: string | undefined, from: number): boolean {
  const track = timeline.tracks.find(({ id }) => id === trackId)
  return track !== undefined && firstFrom(track, from / timeline.timescale) < track.segments.length
}

/** The counts before the clip that follows a closed one; the time of an absent rendition is counted in gaps. */
export function countsAfter(
  { timeline, from, to = from, tracks, before, first }: Clip,
  renditionId: string,
  targetSeconds: number,
): Counts {
  const known = before[renditionId] ?? noCounts
  const trackId = tracks[renditionId]
  // Its first segment has one discontinuity, whether or not its timeline has one there, too.
  const opening = known.segments > 0 ? 1 : 0
  if (trackId === undefined) {
    const gaps = gapCount({ timeline, from, to }, targetSeconds)
    return {
      segments: known.segments + gaps,
      discontinuities: known.discontinuities + (gaps > 0 ? opening : 0),
    }
  }
  const track = timeline.tracks.find(({ id }) => id === trackId)
  const { segments, discontinuities } = first[renditionId] ?? noCounts
  if (!track) return known
  const index = firstFrom(track, to / timeline.timescale)
  const count = track.before.segments + index - segments
  if (count <= 0) return known
  return {
    segments: known.segments + count,
    discontinuities:
      known.discontinuities +
      opening +
      track.before.discontinuities +
      flagged(track.segments.slice(0, index)) -
      discontinuities,
  }
}

/** Number of gaps of at most the target duration that stand for a closed clip in a rendition without media for it. */
export const gapCount = (
  { timeline, from, to = from }: Pick<Clip, 'timeline' | 'from' | 'to'>,
  targetSeconds: number,
): number => Math.ceil((to - from) / (targetSeconds * timeline.timescale))

const flagged = (segments: Timeline['tracks'][number]['segments']): number =>
  segments.reduce((sum, { discontinuity }) => sum + (discontinuity ? 1 : 0), 0)
