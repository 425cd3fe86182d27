/** When the cues of a playlist are, told by its segments: a cue is as far from one as the playlist says. */
import type { CuedSegment, PlaylistCue } from '../../formats/hls/index.ts'

/** A segment, and how far behind its beginning a cue is. */
export interface CuePlace {
  readonly segment: CuedSegment
  readonly index: number
  readonly behindSeconds: number
}

/** Dates are rounded, and what is this near to a boundary is meant to be there. */
const snapSeconds = 0.1

/**
 * Where a cue is: by its own date if the playlist has dates, at the beginning of the segment that follows if it has not.
 * Undefined as long as none has followed: what is counted up from durations may lie behind the boundary that is meant.
 */
export function placeOf(segments: readonly CuedSegment[], cue: PlaylistCue): CuePlace | undefined {
  const dated = cue.atMs === undefined ? undefined : byDate(segments, cue.atMs)
  if (dated) return dated
  const segment = segments[cue.before]
  if (!segment) return undefined
  return { segment, index: cue.before, behindSeconds: -(cue.elapsedSeconds ?? 0) }
}

/** Behind the last segment that begins before it, which may be long before: cues are announced. */
function byDate(segments: readonly CuedSegment[], atMs: number): CuePlace | undefined {
  const behind = (segment: CuedSegment): number =>
    (atMs - (segment.startMs ?? Number.POSITIVE_INFINITY)) / 1000
  const last = segments.findLastIndex((segment) => behind(segment) >= -snapSeconds)
  const index = last >= 0 ? last : segments.findIndex(({ startMs }) => startMs !== undefined)
  const segment = segments[index]
  if (!segment) return undefined
  const behindSeconds = behind(segment)
  return { segment, index, behindSeconds: Math.abs(behindSeconds) <= snapSeconds ? 0 : behindSeconds }
}
