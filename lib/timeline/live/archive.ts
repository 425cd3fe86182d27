/**
 * The archive of a sealed hour: the media of all tracks once more in a few objects, in each of which the segments follow
 * one another by time, so that a range of time is a range of bytes whatever the number of tracks. The directory, written
 * last, says what of which length is there; where it lies follows from the order.
 */
import { HeadendError } from '../../errors.ts'
import { segmentFile, webVttFile } from '../media-path.ts'
import type { ByteRange } from '../placement.ts'
import { timelinePrefix } from '../stored.ts'
import type { Segment } from '../timeline.ts'
import { decodeLiveColumns, encodeLiveColumns, type LiveColumns } from './columns.ts'
import type { LiveHead } from './head.ts'
import { liveObjects } from './placement.ts'

/** The hour of a channel's life. */
export interface HourRef {
  /** `live/<channelId>`. */
  readonly id: string
  readonly version: string
  /** Hours since 1970. */
  readonly hour: number
}

/** A track of it. */
export interface ArchivedTrack {
  readonly id: string
  readonly timescale: number
  /** Those that begin in the hour; a live segment's number is its start. */
  readonly segments: readonly Segment[]
  /** Bytes of each as WebVTT, which lies behind it; absent: the track has no such form. */
  readonly webVtt?: readonly number[]
}

/** A segment, or the same as WebVTT. */
export interface ArchivedMedia {
  readonly trackId: string
  readonly segment: Segment
  readonly isWebVtt: boolean
  readonly bytes: number
}

/** Key of the directory. */
export const archiveDirectory = ({ id, version, hour }: HourRef): string =>
  `${timelinePrefix(id, version)}archive/${hour}.json`

/** Key of one of its objects. */
export const archivePart = ({ id, version, hour }: HourRef, part: number): string =>
  `${timelinePrefix(id, version)}archive/${hour}-${part}.bin`

/** Key of what says the clock of a live track, whose segments are named by it. */
export const trackClock = (id: string, version: string, trackId: string): string =>
  `${liveObjects(id, version, trackId)}clock.json`

/** The stored clock. */
export const printClock = (timescale: number): string => JSON.stringify({ timescale })

/** Ticks a second. */
export const parseClock = (text: string): number =>
  Number((JSON.parse(text) as { timescale: unknown }).timescale)

/** Objects are meant to last so long. */
const partSeconds = 600
/** Copies by parts take no smaller ones (S3 UploadPartCopy). */
const minPartBytes = 5 * 2 ** 20

/** All that there is of an hour, by time; of one time in the order of the tracks. */
export function archivedMedia(tracks: readonly ArchivedTrack[]): readonly ArchivedMedia[] {
  const placed = tracks.flatMap(({ id: trackId, timescale, segments, webVtt }, place) =>
    segments.flatMap((segment, i) => {
      if (segment.gap === 'missing') return []
      const one = { seconds: segment.start / timescale, place, trackId, segment }
      const text = webVtt?.[i] ?? 0
      return [
        { ...one, isWebVtt: false, bytes: segment.bytes },
        ...(text > 0 ? [{ ...one, isWebVtt: true, bytes: text }] : []),
      ]
    }),
  )
  return placed.toSorted((a, b) => a.seconds - b.seconds || a.place - b.place)
}

/** How many media each object has: ten minutes of them, and as many more as make five mebibytes. */
export function archiveParts(
  hour: number,
  tracks: readonly ArchivedTrack[],
  media: readonly ArchivedMedia[],
): readonly number[] {
  const clocks = new Map(tracks.map(({ id, timescale }) => [id, timescale]))
  const parts: { count: number; bytes: number }[] = []
  let through = 0
  for (const { trackId, segment, bytes } of media) {
    const seconds = segment.start / (clocks.get(trackId) ?? 1) - hour * 3600
    const last = parts.at(-1)
    if (last && (seconds < through || last.bytes < minPartBytes)) {
      last.count++
      last.bytes += bytes
      if (seconds >= through) through = endOfPart(seconds)
    } else {
      parts.push({ count: 1, bytes })
      through = endOfPart(seconds)
    }
  }
  // What is left at the end is too small on its own.
  const [last, before] = [parts.at(-1), parts.at(-2)]
  if (last && before && last.bytes < minPartBytes) {
    before.count += last.count
    parts.pop()
  }
  return parts.map(({ count }) => count)
}

const endOfPart = (seconds: number): number => (Math.floor(seconds / partSeconds) + 1) * partSeconds

interface StoredArchive {
  readonly format: 'headend-archive/1'
  /** Of the life that the hour belongs to, which may be over by the time somebody asks. */
  readonly head: LiveHead
  readonly parts: readonly number[]
  readonly tracks: readonly {
    readonly id: string
    readonly timescale: number
    readonly columns: LiveColumns
    readonly bytes: readonly number[]
    readonly webVtt?: readonly number[]
  }[]
}

/** The directory. */
export function printArchive(
  head: LiveHead,
  tracks: readonly ArchivedTrack[],
  parts: readonly number[],
): string {
  const stored: StoredArchive = {
    format: 'headend-archive/1',
    head,
    parts,
    tracks: tracks
      .filter(({ segments }) => segments.length > 0)
      .map(({ id, timescale, segments, webVtt }) => ({
        id,
        timescale,
        columns: encodeLiveColumns(segments),
        bytes: segments.map(({ bytes }) => bytes),
        ...(webVtt && { webVtt }),
      })),
  }
  return JSON.stringify(stored)
}

/** Where a segment, or the same as WebVTT, lies. */
export interface ArchivePlace {
  readonly part: number
  readonly range: ByteRange
  readonly configId: string
}

/** An hour's media by track and file name (`video-1/1234.0.m4s`), and when each object begins and ends, in seconds since 1970. */
export interface Archive {
  readonly head: LiveHead
  readonly places: ReadonlyMap<string, ArchivePlace>
  readonly parts: readonly { readonly from: number; readonly to: number }[]
}

/** Parses a directory; throws TIMELINE_FORMAT for an unknown format. */
export function parseArchive(name: string, text: string): Archive {
  const { format, head, tracks: stored, parts: counts } = JSON.parse(text) as StoredArchive
  if (format !== 'headend-archive/1')
    throw new HeadendError('TIMELINE_FORMAT', `${name}: expected headend-archive/1, got ${String(format)}`, {
      status: 500,
    })
  const tracks = stored.map(({ columns, bytes, ...track }) => ({
    ...track,
    segments: decodeLiveColumns(columns, bytes),
  }))
  const clocks = new Map(tracks.map(({ id, timescale }) => [id, timescale]))
  const places = new Map<string, ArchivePlace>()
  const parts = counts.map(() => ({ from: Number.POSITIVE_INFINITY, to: 0 }))
  let [part, left, offset] = [0, counts[0] ?? 0, 0]
  for (const { trackId, segment, isWebVtt, bytes } of archivedMedia(tracks)) {
    if (left === 0) [part, left, offset] = [part + 1, counts[part + 1] ?? Number.POSITIVE_INFINITY, 0]
    places.set(mediaFile(trackId, segment, isWebVtt), {
      part,
      range: { offset, length: bytes },
      configId: segment.configId,
    })
    const timescale = clocks.get(trackId) ?? 1
    const span = parts[part]
    if (span) {
      span.from = Math.min(span.from, segment.start / timescale)
      span.to = Math.max(span.to, (segment.start + segment.duration) / timescale)
    }
    offset += bytes
    left--
  }
  return { head, places, parts }
}

/** Its name below the timeline's prefix. */
export const mediaFile = (
  trackId: string,
  { number, cut }: Pick<Segment, 'number' | 'cut'>,
  isWebVtt: boolean,
) => `${trackId}/${isWebVtt ? webVttFile(number, cut) : segmentFile(number, cut)}`
