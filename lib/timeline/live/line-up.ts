/**
 * Which segments of a live timeline are published, and where all its tracks have a discontinuity. A function of what is
 * recorded and of nothing else, no clock: whoever reads the same rows publishes the same, and whoever reads later
 * publishes more of it, never other things.
 */
import type { Segment, Ticks } from '../timeline.ts'
import { leadIn as fewestSegments } from './admit.ts'

/** One track's segments as recorded: in order, none overlapping; a hole is a segment that has not come yet. */
export interface RecordedTrack {
  readonly id: string
  /** Units per second. */
  readonly timescale: number
  readonly segments: readonly Segment[]
  /** Where a track joins that came when others were published already: before that, nothing of it is. */
  readonly fromSeconds?: number | undefined
  /** Text: nothing waits for it, and what changes in it changes nothing for others. */
  readonly isBeside?: boolean
  /** Nothing can come before its first segment any more. */
  readonly hasBegun?: boolean
}

/** The published part. */
export interface LinedUp {
  /** End of what is published, in seconds of media time; -Infinity if nothing is. */
  readonly throughSeconds: number
  /** Up to where tracks beside the others are published that have begun, too. */
  readonly besideSeconds: number
  /** By track id. */
  readonly segments: ReadonlyMap<string, readonly Segment[]>
}

/** What does not follow from the segments themselves. */
export interface LineUp {
  /** Segments a track needs before anything is published: at the start of a channel tracks come one by one. */
  readonly leadIn: number
  /** Two changes closer than this are one. */
  readonly segmentSeconds: number
}

/**
 * Publishes what every track has without a hole. A segment is published once its middle is, so that audio and video,
 * whose boundaries differ by some milliseconds, are published together. Text is published as far as it has come, and
 * never further than the others.
 */
export function linedUp(tracks: readonly RecordedTrack[], { leadIn, segmentSeconds }: LineUp): LinedUp {
  const recorded = tracks.filter(({ segments }) => segments.length > 0)
  const leading = recorded.filter(({ isBeside }) => !isBeside)
  const first = leading.filter(({ fromSeconds }) => fromSeconds === undefined)
  if (first.length === 0 || first.some(({ segments }) => segments.length < leadIn)) return nothing(tracks)
  const throughSeconds = Math.min(
    ...leading.map((track) =>
      Math.max(reachOf(track) / track.timescale, track.fromSeconds ?? Number.NEGATIVE_INFINITY),
    ),
  )
  const ends = recorded.map((track) => {
    if (!track.isBeside) return { track, until: throughSeconds }
    // What begins may still begin sooner: segments come in any order.
    const hasBegun = track.hasBegun === true || track.segments.length >= fewestSegments
    const reach = hasBegun ? reachOf(track) / track.timescale : Number.NEGATIVE_INFINITY
    return { track, until: Math.min(reach, throughSeconds) }
  })
  const shown = ends.map(({ track, until }) => ({ ...track, segments: publishedOf(track, until) }))
  // Where text joins is known before anything is published there, whether or not it has come.
  const joins = tracks.flatMap(({ isBeside, fromSeconds }) =>
    isBeside && fromSeconds !== undefined ? [fromSeconds] : [],
  )
  const changes = merged([...shown.flatMap(changesOf), ...joins], segmentSeconds / 2)
  return {
    throughSeconds,
    besideSeconds: Math.min(...ends.map(({ until }) => until)),
    segments: new Map(shown.map((track) => [track.id, withDiscontinuities(track, changes)])),
  }
}

const nothing = (tracks: readonly RecordedTrack[]): LinedUp => ({
  throughSeconds: Number.NEGATIVE_INFINITY,
  besideSeconds: Number.NEGATIVE_INFINITY,
  segments: new Map(tracks.map(({ id }) => [id, []])),
})

/** End of the segments that follow one another; one that was recorded as a new beginning needs none before it. */
function reachOf({ segments }: RecordedTrack): Ticks {
  let end = segments[0]?.start ?? 0
  for (const { start, duration, discontinuity } of segments) {
    if (start !== end && !discontinuity) break
    end = start + duration
  }
  return end
}

const middleSeconds = ({ start, duration }: Segment, timescale: number): number =>
  (start + duration / 2) / timescale

function publishedOf(
  { segments, timescale, fromSeconds = Number.NEGATIVE_INFINITY }: RecordedTrack,
  throughSeconds: number,
): readonly Segment[] {
  const end = segments.findLastIndex((one) => middleSeconds(one, timescale) < throughSeconds) + 1
  const begin = segments.findIndex((one) => middleSeconds(one, timescale) >= fromSeconds)
  return begin < 0 ? [] : segments.slice(begin, end)
}

/** Seconds at which a track joins or begins anew: time jumps, or the decoder is set up anew. */
function changesOf({ segments, timescale, fromSeconds, isBeside }: RecordedTrack): readonly number[] {
  if (isBeside) return []
  const anew = segments.flatMap((segment, i) => {
    const before = segments[i - 1]
    const isNew = before && (segment.discontinuity || segment.configId !== before.configId)
    return isNew ? [segment.start / timescale] : []
  })
  return fromSeconds === undefined || segments.length === 0 ? anew : [fromSeconds, ...anew]
}

/** The earliest of those that are close to one another. */
function merged(changes: readonly number[], within: number): readonly number[] {
  const kept: number[] = []
  for (const one of changes.toSorted((a, b) => a - b))
    if (one - (kept.at(-1) ?? Number.NEGATIVE_INFINITY) > within) kept.push(one)
  return kept
}

/** Marks the first segment behind each change, in this track as in all. */
function withDiscontinuities(
  { segments, timescale }: RecordedTrack,
  changes: readonly number[],
): readonly Segment[] {
  let next = 0
  return segments.map((segment, i) => {
    const middle = middleSeconds(segment, timescale)
    let discontinuity = false
    for (let change = changes[next]; change !== undefined && change <= middle; change = changes[++next])
      discontinuity = i > 0
    return segment.discontinuity === discontinuity ? segment : { ...segment, discontinuity }
  })
}
