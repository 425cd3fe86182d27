/**
 * Index and packager as the functions use them, over a file on disk in the place of the buckets. It is read without
 * leaving the thread: a film that others just read is in memory, and handing it over costs more than reading it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type IndexedAsset, indexAsset, type Packager } from '../lib/packaging/index.ts'
import type { MediaReader } from '../lib/packaging/segments/media-reader.ts'
import { printPlacement } from '../lib/packaging/storage/stored-placement.ts'
import { type MediaProtection, segmentFile, trackPath } from '../lib/timeline/media-path.ts'
import type { ByteRange, ObjectRef } from '../lib/timeline/placement.ts'
import { timelinePrefix } from '../lib/timeline/stored.ts'
import { clearPackager } from '../test/packaging/segments/clear-packager.ts'

/** A film as it is stored: what was indexed of it, and how it is read. */
export interface FilmFile {
  readonly films: IndexedAsset
  readonly packager: Packager
  readonly reader: MediaReader
  /** Objects of the media bucket, by key. */
  readonly media: Map<string, Uint8Array>
  /** Requests for media so far, and their bytes. */
  readonly tally: { requests: number; bytes: number }
  readonly close: () => void
}

export const timelineId = 'vod/film'
export const version = '0123456789abcdef'

/** Opens a file and indexes it. */
export async function openFilm(path: string): Promise<FilmFile> {
  const file = openSync(path, 'r')
  const { size } = fstatSync(file)
  const tally = { requests: 0, bytes: 0 }
  const films = await indexAsset({
    timelineId,
    version,
    files: [
      {
        object: { bucket: 'upload', key: 'film' },
        source: { name: path, size, read: async (offset, length) => piece(file, { offset, length }, tally) },
      },
    ],
  })
  const media = new Map(films.objects.map(({ key, bytes }) => [key, bytes]))
  media.set(
    `${timelinePrefix(timelineId, version)}placement.json`,
    Buffer.from(printPlacement(films.placement)),
  )
  const reader = readerOf(file, media, tally)
  return { films, packager: clearPackager(reader), reader, media, tally, close: () => closeSync(file) }
}

/** Reads a film that was indexed elsewhere: its objects of the media bucket, by key. */
export function openReader(path: string, media: ReadonlyMap<string, Uint8Array>): MediaReader {
  return readerOf(openSync(path, 'r'), media, { requests: 0, bytes: 0 })
}

/** Path of a segment. */
export const segmentPath = (
  trackId: string,
  { number, cut }: { readonly number: number; readonly cut: number },
  protection: MediaProtection = { scheme: 'clear' },
): string => `/${trackPath(protection, timelineId, version, trackId)}${segmentFile(number, cut)}`

/** How its media leaves when it is encrypted. */
export const sealedBy = (scheme: 'cenc' | 'cbcs'): MediaProtection => ({ scheme, label: 'ALL', period: 0 })

/** The one key of content that is protected here. */
export const contentKey = {
  kid: '0123456789abcdef0123456789abcdef',
  key: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  iv: Buffer.from('ffeeddccbbaa99887766554433221100', 'hex'),
}

function readerOf(
  file: number,
  media: ReadonlyMap<string, Uint8Array>,
  tally: FilmFile['tally'],
): MediaReader {
  const stored = ({ key }: ObjectRef) => media.get(key) ?? new Uint8Array()
  return {
    whole: (object) => Promise.resolve(stored(object)),
    described: (object) => Promise.resolve({ bytes: Uint8Array.from(stored(object)), facts: {} }),
    piece: async (object, range) =>
      object.bucket === 'upload'
        ? piece(file, range, tally)
        : stored(object).subarray(range.offset, range.offset + range.length),
    stream: (object, range) => {
      tally.requests++
      tally.bytes += range.length
      return Promise.resolve(object.bucket === 'upload' ? pieces(file, range) : copied(stored(object), range))
    },
  }
}

function piece(file: number, { offset, length }: ByteRange, tally: FilmFile['tally']): Uint8Array {
  tally.requests++
  tally.bytes += length
  const bytes = Buffer.allocUnsafe(length)
  readSync(file, bytes, 0, length, offset)
  return bytes
}

async function* copied(bytes: Uint8Array, { offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
  yield bytes.slice(offset, offset + length)
}

/** What a read asks of the system at once: what the processor's cache holds. */
const chunkBytes = 256 * 2 ** 10
const free: Buffer[] = []

/** A piece in chunks; each is valid until the next is asked for, so that memory is used again while it is warm. */
async function* pieces(file: number, { offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)
  try {
    for (let at = offset; at < offset + length; ) {
      const bytesRead = readSync(file, buffer, 0, Math.min(chunkBytes, offset + length - at), at)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    free.push(buffer)
  }
}
