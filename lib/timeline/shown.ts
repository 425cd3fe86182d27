/**
 * Computes the segments a presentation shows of a rendition, their presentation times, and the counts before them. A
 * segment belongs to the clip its middle lies in: boundaries differ by a few milliseconds between tracks (audio and
 * video frames), and no segment may be shown twice or lost at a splice.
 */

import { HeadendError } from '../errors.ts'
import type { MediaProtection } from './media-path.ts'
import type { Clip, Presentation, Rendition } from './presentation.ts'
import {
  type KeyFacts,
  type KeyPeriod,
  noCounts,
  type Segment,
  type Timeline,
  type Track,
} from './timeline.ts'

/** One rendition's part of one clip. */
export interface VisibleClip {
  readonly clip: Clip
  readonly track: Track
  /** Visible segments, in order; never empty. */
  readonly segments: readonly Segment[]
  /** Index of `segments[0]` in the track. */
  readonly index: number
  /** Index of the clip's first segment among those loaded: smaller if the window starts within the clip. */
  readonly clipIndex: number
  /** Offset from media seconds of this clip to presentation seconds. */
  readonly shiftSeconds: number
}

/** Seconds of presentation time at which a clip starts. */
export const clipStart = (presentation: Presentation, clip: Clip): number => clip.at / presentation.timescale

/** Offset from a clip's media seconds to presentation seconds. */
export const clipShift = (presentation: Presentation, clip: Clip): number =>
  clipStart(presentation, clip) - clip.from / clip.timeline.timescale

/** A rendition's visible segments, clip by clip; clips without any are left out. */
export function visibleClips(presentation: Presentation, renditionId: string): VisibleClip[] {
  const { window, timescale } = presentation
  const windowFrom = window ? window.from / timescale : Number.NEGATIVE_INFINITY
  const windowTo = window?.to === undefined ? Number.POSITIVE_INFINITY : window.to / timescale
  const shown: VisibleClip[] = []
  for (const clip of presentation.clips) {
    const track = clip.timeline.tracks.find(({ id }) => id === clip.tracks[renditionId])
    if (!track) continue
    const shiftSeconds = clipShift(presentation, clip)
    const from = Math.max(clip.from / clip.timeline.timescale, windowFrom - shiftSeconds)
    const to = Math.min(
      clip.to === undefined ? Number.POSITIVE_INFINITY : clip.to / clip.timeline.timescale,
      windowTo - shiftSeconds,
    )
    const index = firstFrom(track, from)
    const segments = track.segments.slice(index, firstFrom(track, to))
    const clipIndex = firstFrom(track, clip.from / clip.timeline.timescale)
    if (segments.length > 0) shown.push({ clip, track, segments, index, clipIndex, shiftSeconds })
  }
  return shown
}

/**
 * Index of the first loaded segment whose middle is at or after `seconds`: the one rule of which segments a range
 * shows.
 */
export function firstFrom({ segments, timescale }: Track, seconds: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const segment = segments[middle]
    if (segment && (segment.start + segment.duration / 2) / timescale < seconds) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Media sequence number of a visible clip's first segment, and the count of discontinuities before it; from stored
 * counts only, so that it holds whatever has left the window.
 */
export function numbersAt(
  { clip, track, index }: VisibleClip,
  rendition: Rendition,
): { media: number; breaks: number } {
  const before = clip.before[rendition.id] ?? noCounts
  const first = clip.first[rendition.id] ?? noCounts
  const ordinal = track.before.segments + index
  let flagged = track.before.discontinuities
  for (let i = 0; i < index; i++) if (track.segments[i]?.discontinuity) flagged++
  const isFirst = ordinal === first.segments
  // The clip's first segment has one discontinuity, whether or not its timeline has one there, too.
  const opening = before.segments > 0 ? 1 : 0
  return {
    media: before.segments + ordinal - first.segments,
    breaks: isFirst
      ? before.discontinuities
      : before.discontinuities + opening + flagged - first.discontinuities,
  }
}

const middleOf = ({ start, duration }: Segment): number => start + duration / 2

/** The key period of a segment (by its middle). */
function keyPeriodOf({ timeline }: Clip, track: Track, segment: Segment): KeyPeriod | undefined {
  const seconds = middleOf(segment) / track.timescale
  return timeline.overlays.keyPeriods.entries.findLast((period) => periodSeconds(timeline, period) <= seconds)
}

/** Media seconds from which a key applies: comparing them with a segment's middle gives the same result everywhere. */
export const periodSeconds = ({ timescale }: Pick<Timeline, 'timescale'>, { from }: KeyPeriod): number =>
  from / timescale

/** The protection of a segment on delivery, and its key for manifests. */
export interface SegmentProtection {
  readonly media: MediaProtection
  readonly key?: KeyFacts
  /** Minimum output protection of video. */
  readonly hdcp?: 'TYPE-0' | 'TYPE-1'
}

const clear: SegmentProtection = { media: { scheme: 'clear' } }

/** The protection of one segment; throws PRESENTATION_UNPROTECTED rather than give a clear URL for protected media. */
export function protectionOf(
  clip: Clip,
  renditionId: string,
  track: Track,
  segment: Segment,
): SegmentProtection {
  const { protection } = clip
  if (protection.scheme === 'clear') return clear
  const label = protection.labels[renditionId]
  // Video and audio without a key are an error; text and images are never encrypted.
  if (label === undefined && track.type !== 'video' && track.type !== 'audio') return clear
  const { clearUntilSeconds: until, clearLeadSeconds: leadSeconds } = protection
  // A clear lead has its own URLs, so that an edge can tell it from content that is no longer delivered clear.
  if (until !== undefined && middleOf(segment) < until * track.timescale)
    return leadSeconds === undefined ? clear : { media: { scheme: 'clear', leadSeconds } }
  const period = keyPeriodOf(clip, track, segment)
  const key = period?.keys.find((candidate) => candidate.label === label)
  if (label === undefined || !period || !key)
    throw new HeadendError(
      'PRESENTATION_UNPROTECTED',
      `${clip.timeline.id} ${track.id} segment ${segment.number}: no key with label ${String(label)} in period ${String(period?.index)}`,
      { status: 500 },
    )
  const { scheme, inBand, hdcp } = protection
  return {
    media: { scheme, label, period: period.index, ...(inBand && { inBand }) },
    key,
    ...(hdcp && { hdcp }),
  }
}
