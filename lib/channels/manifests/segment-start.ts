/**
 * Where a segment that a playlist names begins on the channel's clock. Names of what was taken are not kept, so the object
 * is read again: once for each new cue, by the same readers and on the same clock as when it was taken. What came by HTTP
 * lies in no bucket, and is found by its number.
 */
import { HeadendError } from '../../errors.ts'
import { type CuttableTrack, readFeedSegment, readFeedStream } from '../../packaging/index.ts'
import { minuteOf } from '../../timeline/live/head.ts'
import { placedBy } from '../ingest/encoder-clock.ts'
import { isOfRun, numberedKey } from '../ingest/numbered.ts'
import { objectForm } from '../ingest/object-form.ts'
import type { ReadUpload } from '../ingest/ports.ts'
import { initFor, objectNumber } from '../ingest/stream-name.ts'
import type { HeadRow, LiveReads } from '../live/store.ts'

/** What it is read with. */
export interface SegmentPorts {
  readonly live: Pick<LiveReads, 'inits' | 'minutes' | 'numbered'>
  /** Bytes of an object in the media bucket; undefined if there is none. */
  object(key: string): Promise<Uint8Array | undefined>
  /** Bytes of the present version of an upload; undefined if it is gone. */
  readonly upload: ReadUpload
}

/** A segment, and when its encoder wrote it. */
export interface NamedSegment {
  /** `live/<channelId>`. */
  readonly feed: string
  /** What stands behind `live/<channelId>/`. */
  readonly path: string
  readonly writtenMs: number
}

/**
 * Its beginning in seconds since 1970; `waits` if it, or what it needs, has not been taken; `beside` if it is not where
 * breaks are cut: audio of a channel that has video.
 */
export async function segmentStart(
  ports: SegmentPorts,
  row: HeadRow,
  { feed, path, writtenMs }: NamedSegment,
): Promise<number | 'waits' | 'beside'> {
  // Subtitles have playlists too.
  if (/\.(?:vtt|webvtt|ttml|xml)$/i.test(path)) return 'beside'
  const bytes = await ports.upload(`${feed}/${path}`, undefined)
  if (!bytes) return numberedStart(ports, row, { feed, path, writtenMs })
  const tracks = await tracksOf(ports, { feed, path, bytes })
  const track = tracks?.find(({ type }) => type === 'video') ?? tracks?.[0]
  if (!track) return 'waits'
  if (track.type !== 'video' && row.head.tracks.some(({ type }) => type === 'video')) return 'beside'
  const { start, duration, timescale, clockSeconds } = track
  const endSeconds = (start + duration) / timescale
  const addSeconds = placedBy(row, { endSeconds, writtenMs, clockSeconds })
  return addSeconds === undefined ? 'waits' : recordedStart(ports, row, start / timescale + addSeconds)
}

/** By its number in the folder of its pipeline, if it is in one, or in that of all. */
async function numberedStart(
  ports: SegmentPorts,
  row: HeadRow,
  { feed, path, writtenMs }: NamedSegment,
): Promise<number | 'waits'> {
  const number = objectNumber(path)
  if (number === undefined) return 'waits'
  const keys = new Set(
    [path.split('/').slice(0, 1), []].map((pipelines) => numberedKey({ pipelines }, path, number)),
  )
  for (const key of keys) {
    const found = await ports.live.numbered(feed, key)
    if (found && isOfRun(found, writtenMs)) return recordedStart(ports, row, found.start / found.timescale)
  }
  return 'waits'
}

/** Segments are recorded where the one before ends, if that is within half a frame. */
const maxMovedSeconds = 0.05

/** Where the segment that begins there was recorded; there, if none was: it may be lost, and its break is none the less. */
async function recordedStart({ live }: SegmentPorts, { head }: HeadRow, seconds: number): Promise<number> {
  const rows = await live.minutes(
    head,
    minuteOf(seconds - maxMovedSeconds),
    minuteOf(seconds + maxMovedSeconds),
  )
  const videos = head.tracks.filter(({ type }) => type === 'video')
  const starts = (videos.length > 0 ? videos : head.tracks).flatMap(({ id, timescale }) =>
    rows
      .filter(({ trackId }) => trackId === id)
      .flatMap(({ segments }) => segments.map(({ start }) => start / timescale)),
  )
  const distance = (start: number): number => Math.abs(start - seconds)
  const near = starts.filter((start) => distance(start) <= maxMovedSeconds)
  return near.toSorted((a, b) => distance(a) - distance(b))[0] ?? seconds
}

interface Found {
  readonly feed: string
  readonly path: string
  readonly bytes: Uint8Array
}

async function tracksOf(
  ports: SegmentPorts,
  { feed, path, bytes }: Found,
): Promise<readonly CuttableTrack[] | undefined> {
  const form = objectForm({ path, bytes })
  if (form === 'transport stream') return (await readFeedStream(path, bytes)).tracks
  if (form === 'whole') return readFeedSegment(path, new Uint8Array(0), bytes)
  const inits = await ports.live.inits(feed)
  const key = inits.get(initFor(path, [...inits.keys()]) ?? '')
  const init = key === undefined ? undefined : await ports.object(key)
  return init && readFeedSegment(path, init, bytes)
}

/** The path of a segment by its URI in a playlist; throws FEED_MANIFEST for one that is not of this feed. */
export function segmentPath(feed: string, playlistPath: string, uri: string): string {
  const base = `http://feed/${feed}/`
  const url = URL.parse(uri, base + playlistPath.split('/').map(encodeURIComponent).join('/'))
  const path = url?.href.startsWith(base) ? decoded(url.pathname.slice(`/${feed}/`.length)) : undefined
  if (path !== undefined) return path
  const got = JSON.stringify(uri.slice(0, 80))
  throw new HeadendError('FEED_MANIFEST', `expected a segment below ${feed}/, got ${got}`)
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
