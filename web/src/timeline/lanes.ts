/** Tracks as lanes to draw: one a track, pictures from the best down, each with its key frames beneath it. */
import type { Timeline, TimelineTrack } from '../../../lib/assets/api/schemas.ts'
import { decodeColumns } from '../../../lib/timeline/stored-columns.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'
import { bitrate, codecName } from '../format.ts'

/** One track, its times in seconds so that drawing only compares numbers. */
export interface Lane {
  readonly track: TimelineTrack
  readonly title: string
  readonly detail: string
  readonly segments: readonly Segment[]
  readonly starts: Float64Array
  readonly ends: Float64Array
  /** Bits a second of each segment, and the most of all. */
  readonly bits: Float64Array
  readonly peakBits: number
  /** Where pictures start that need no other: as far as the timeline knows them. */
  readonly keyFrames: Float64Array
  /** What is out of the ordinary, by index of the segment it is said of. */
  readonly signs: readonly LaneSign[]
  /** Key frames of another lane, drawn small. */
  readonly thin: boolean
}

/** Something said of a segment, or of the place in front of it. */
export interface LaneSign {
  readonly index: number
  readonly kind: 'discontinuity' | 'config' | 'missing' | 'filled' | 'unsynced'
}

/** Lanes of the answers at hand, which follow one another. */
export function lanesOf(answers: readonly Timeline[]): readonly Lane[] {
  const tracks = answers[0]?.tracks ?? []
  const segments = new Map(
    tracks.map(({ id }) => [
      id,
      answers.flatMap((answer) => {
        const columns = answer.tracks.find((track) => track.id === id)?.segments
        return columns ? decodeColumns(columns) : []
      }),
    ]),
  )
  return ordered(tracks).map((track) => {
    const trick = tracks.find(({ trickOf }) => trickOf === track.id)
    const known = trick && startsOf(segments.get(trick.id) ?? [], trick)
    return laneOf(track, segments.get(track.id) ?? [], known)
  })
}

const typeOrder = ['video', 'image', 'audio', 'text', 'metadata']

const order = ({ type }: TimelineTrack): number => typeOrder.indexOf(type)

function ordered(tracks: readonly TimelineTrack[]): readonly TimelineTrack[] {
  return tracks
    .filter(({ trickOf }) => trickOf === undefined)
    .toSorted((a, b) => order(a) - order(b) || (a.type === 'video' ? b.bandwidth.peak - a.bandwidth.peak : 0))
    .flatMap((track) => [track, ...tracks.filter(({ trickOf }) => trickOf === track.id)])
}

function laneOf(
  track: TimelineTrack,
  segments: readonly Segment[],
  keyFrames: Float64Array | undefined,
): Lane {
  const { timescale, trickOf } = track
  const starts = startsOf(segments, track)
  const ends = Float64Array.from(segments, ({ start, duration }) => (start + duration) / timescale)
  const bits = Float64Array.from(segments, ({ bytes, duration }) =>
    duration > 0 ? (bytes * 8 * timescale) / duration : 0,
  )
  return {
    track,
    title: titleOf(track),
    detail: `${track.count} ${trickOf === undefined ? 'segments' : 'key frames'} · peak ${bitrate(track.bandwidth.peak)}`,
    segments,
    starts,
    ends,
    bits,
    peakBits: bits.reduce((most, one) => Math.max(most, one), 1),
    keyFrames: keyFrames ?? (track.type === 'video' ? starts.filter((_, i) => segments[i]?.sync) : noTimes),
    signs: segments.flatMap((segment, index) =>
      signsOf(track, segment, { index, before: segments[index - 1] }),
    ),
    thin: trickOf !== undefined,
  }
}

const noTimes = new Float64Array()

const startsOf = (segments: readonly Segment[], { timescale }: TimelineTrack): Float64Array =>
  Float64Array.from(segments, ({ start }) => start / timescale)

function signsOf(
  { type }: TimelineTrack,
  segment: Segment,
  { index, before }: { readonly index: number; readonly before: Segment | undefined },
): LaneSign[] {
  const kinds: LaneSign['kind'][] = []
  if (segment.discontinuity) kinds.push('discontinuity')
  if (before && before.configId !== segment.configId) kinds.push('config')
  if (segment.gap !== 'none') kinds.push(segment.gap)
  if (type === 'video' && !segment.sync) kinds.push('unsynced')
  return kinds.map((kind) => ({ index, kind }))
}

/** `1080p H.264`, `English AAC-LC 5.1`. */
export function titleOf({ id, type, language, name, configs, trickOf }: TimelineTrack): string {
  const [config] = configs
  const codec = codecName(config?.codec ?? '')
  if (trickOf !== undefined) return `Key frames of ${trickOf}`
  if (type === 'video') return `${config?.height === undefined ? id : `${config.height}p`} ${codec}`
  const who = name ?? languageName(language) ?? id
  return [who, codec, config?.channels !== undefined && channelName(config.channels)]
    .filter(Boolean)
    .join(' ')
}

/** A language in words of the reader's own. */
export function languageName(tag: string | undefined): string | undefined {
  if (tag === undefined) return undefined
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag)
  } catch {
    // A tag the file made up.
    return tag
  }
}

/** Channels as people say them. */
export const channelName = (channels: number): string =>
  ({ 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' })[channels] ?? `${channels} channels`

/** Index of the last value not above `at` in rising values; -1 before the first. */
export function lastAt(values: Float64Array, at: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
