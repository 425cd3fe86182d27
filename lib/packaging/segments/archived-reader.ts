/**
 * Segments of channels that are no objects of their own any more, read from the archive of their hour: the same bytes
 * under the same names. What is read first is the object; once the archive of an hour was needed, it comes first.
 */
import { HeadendError } from '../../errors.ts'
import { Cache } from '../../platform/cache.ts'
import {
  type Archive,
  type ArchivePlace,
  archiveDirectory,
  archivePart,
  parseArchive,
  parseClock,
  trackClock,
} from '../../timeline/live/archive.ts'
import { hourOf } from '../../timeline/live/head.ts'
import type { ByteRange, ObjectRef } from '../../timeline/placement.ts'
import type { MediaReader } from './media-reader.ts'
import { isGone } from './refusal.ts'

/** Entries of directories kept, at some hundred bytes each: ten hours of a channel of ten renditions of 2 s. */
const maxEntries = 180_000
const maxClocks = 1000

const segmentForm =
  /^timelines\/(?<id>live\/[^/]+)\/(?<version>[^/]+)\/(?<file>(?<trackId>[a-z]+-\d+)\/(?<number>\d+)\.\d+\.(?:m4s|vtt))$/

/** Where something of an archive is. */
interface Found extends ArchivePlace {
  readonly object: ObjectRef
}

/** A reader that finds archived segments, too. */
export function archivedReader(reader: MediaReader): MediaReader {
  const directories = new Cache<Archive>({ maxWeight: maxEntries })
  const clocks = new Cache<number>({ maxWeight: maxClocks })
  /** Directories that were read, while they may still be cached: their segments are looked for there first. */
  const known = new Set<string>()
  const text = async (key: string): Promise<string> =>
    new TextDecoder().decode(await reader.whole({ bucket: 'media', key }))

  /** Undefined for what is no segment of a channel. */
  async function placeOf({ bucket, key }: ObjectRef, isOnlyKnown: boolean): Promise<Found | undefined> {
    const {
      id = '',
      version = '',
      file = '',
      trackId = '',
      number = '',
    } = segmentForm.exec(key)?.groups ?? {}
    if (bucket !== 'media' || id === '') return undefined
    const clock = trackClock(id, version, trackId)
    if (isOnlyKnown && known.size === 0) return undefined
    const timescale = await clocks.get(clock, async () => ({ value: parseClock(await text(clock)) }))
    const hour = { id, version, hour: hourOf(Number(number) / timescale) }
    const name = archiveDirectory(hour)
    if (isOnlyKnown && !known.has(name)) return undefined
    const archive = await directories.get(name, async () => {
      const value = parseArchive(name, await text(name))
      return { value, weight: value.places.size }
    })
    remember(name)
    const place = archive.places.get(file)
    return place && { ...place, object: { bucket: 'media', key: archivePart(hour, place.part) } }
  }

  function remember(name: string): void {
    known.add(name)
    const [oldest] = known
    if (known.size > maxClocks && oldest !== undefined) known.delete(oldest)
  }

  async function either<Value>(
    object: ObjectRef,
    own: () => Promise<Value>,
    archived: (found: Found) => Promise<Value>,
  ): Promise<Value> {
    const first = await placeOf(object, true).catch(noneIfGone)
    if (first) return archived(first)
    try {
      return await own()
    } catch (error) {
      if (!isGone(error)) throw error
      const found = await placeOf(object, false).catch(noneIfGone)
      if (!found) throw error
      return archived(found)
    }
  }

  return {
    whole: (object) =>
      either(
        object,
        () => reader.whole(object),
        (found) => reader.piece(found.object, found.range),
      ),
    described: (object) =>
      either(
        object,
        () => reader.described(object),
        async (found) => ({
          bytes: await reader.piece(found.object, found.range),
          facts: { config: found.configId },
        }),
      ),
    piece: (object, range) =>
      either(
        object,
        () => reader.piece(object, range),
        (found) => reader.piece(found.object, within(object, found.range, range)),
      ),
    stream: (object, range, signal) =>
      either(
        object,
        () => reader.stream(object, range, signal),
        (found) => reader.stream(found.object, within(object, found.range, range), signal),
      ),
  }
}

/** A range of a segment in its archive; throws OBJECT_SHORT where the segment ends before it, as its own object would. */
function within({ key }: ObjectRef, segment: ByteRange, { offset, length }: ByteRange): ByteRange {
  if (offset + length > segment.length)
    throw new HeadendError(
      'OBJECT_SHORT',
      `${key}: expected ${length} bytes at ${offset}, got ${segment.length - offset}`,
      { status: 502 },
    )
  return { offset: segment.offset + offset, length }
}

function noneIfGone(error: unknown): undefined {
  if (isGone(error)) return undefined
  throw error
}
