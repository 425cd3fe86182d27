/**
 * Archives a sealed hour: reads its segments once, by time, and writes them as a few large objects, the directory last.
 * Twice, late or broken off anywhere it makes the same bytes under the same names.
 */
import { HeadendError } from '../../errors.ts'
import {
  type ArchivedMedia,
  type ArchivedTrack,
  archiveDirectory,
  archivedMedia,
  archivePart,
  archiveParts,
  mediaFile,
  printArchive,
  printClock,
  trackClock,
} from '../../timeline/live/archive.ts'
import { hourPage, type LiveHead } from '../../timeline/live/head.ts'
import { parseHour } from '../../timeline/live/hour.ts'
import { keepDays } from '../../timeline/live/keeping.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import type { HourToArchive } from './hours.ts'
import type { ArchivePorts } from './ports.ts'
import { readAhead } from './read-ahead.ts'

/** What became of it. */
export type ArchiveOutcome =
  | { readonly kind: 'made'; readonly objects: number; readonly segments: number; readonly bytes: number }
  /** It had been archived before. */
  | { readonly kind: 'there' }
  /** Nothing of it is kept any more. */
  | { readonly kind: 'gone' }

/** Archives an hour, if it is not yet; throws ARCHIVE_SEGMENT where a segment of its page is not there. */
export async function archiveHour(ports: ArchivePorts, hour: HourToArchive): Promise<ArchiveOutcome> {
  const { head } = hour
  const { id, version } = head
  const days = keepDays(head.windowSeconds)
  const ref = { id, version, hour: hour.hour }
  const directory = archiveDirectory(ref)
  if (await ports.has(directory)) return { kind: 'there' }
  const prefix = timelinePrefix(id, version)
  const name = prefix + hourPage(hour.hour, hour.revision)
  const page = await ports.object(name)
  if (!page) return { kind: 'gone' }
  const tracks = await withTexts(ports, prefix, {
    segments: parseHour(name, new TextDecoder().decode(page)),
    head,
  })
  const media = archivedMedia(tracks)
  const parts = archiveParts(hour.hour, tracks, media)
  let [at, bytes] = [0, 0]
  for (const [part, count] of parts.entries()) {
    const own = media.slice(at, at + count)
    at += count
    bytes += own.reduce((sum, one) => sum + one.bytes, 0)
    const key = archivePart(ref, part)
    // Broken off before, it goes on where it was.
    if (!(await ports.has(key))) await ports.putStream(key, contentsOf(ports, prefix, own), days)
  }
  await Promise.all(
    // For good, as its init segments: a segment is found by it as long as any hour is kept.
    tracks.map((track) =>
      ports.putOnce(trackClock(id, version, track.id), Buffer.from(printClock(track.timescale)), {}),
    ),
  )
  await ports.putOnce(directory, Buffer.from(printArchive(head, tracks, parts)), {}, days)
  return { kind: 'made', objects: parts.length, segments: media.length, bytes }
}

interface OfPage {
  readonly segments: ReturnType<typeof parseHour>
  readonly head: LiveHead
}

/** The tracks of a page; of text, how long each segment is as WebVTT, which the page does not say. */
async function withTexts(
  ports: ArchivePorts,
  prefix: string,
  { segments, head }: OfPage,
): Promise<readonly ArchivedTrack[]> {
  const tracks: ArchivedTrack[] = []
  for (const [id, own] of segments) {
    const timescale = head.tracks.find((track) => track.id === id)?.timescale
    if (timescale === undefined)
      throw new HeadendError('ARCHIVE_SEGMENT', `${prefix}${id}: expected a clock of each track, got none`, {
        status: 500,
      })
    const track = { id, timescale, segments: own }
    if (!id.startsWith('text-')) {
      tracks.push(track)
      continue
    }
    const webVtt: number[] = []
    for await (const text of readAhead(own, {
      bytesOf: () => 1024,
      read: (segment) =>
        segment.gap === 'missing'
          ? Promise.resolve(undefined)
          : ports.object(prefix + mediaFile(id, segment, true)),
    }))
      webVtt.push(text?.length ?? 0)
    tracks.push({ ...track, ...(webVtt.some((length) => length > 0) && { webVtt }) })
  }
  return tracks
}

/** Bytes of media, one behind the other. */
async function* contentsOf(
  ports: ArchivePorts,
  prefix: string,
  media: readonly ArchivedMedia[],
): AsyncGenerator<Uint8Array> {
  yield* readAhead(media, {
    bytesOf: ({ bytes }) => bytes,
    async read({ trackId, segment, isWebVtt, bytes }) {
      const key = prefix + mediaFile(trackId, segment, isWebVtt)
      const found = await ports.object(key)
      if (found?.length !== bytes)
        throw new HeadendError(
          'ARCHIVE_SEGMENT',
          `${key}: expected ${bytes} bytes to archive, got ${found?.length ?? 'no object'}`,
          { status: 500 },
        )
      return found
    },
  })
}
