/** A media bucket in memory, filled by indexing films, and a packager over it that counts what it reads. */

import { HeadendError } from '../../../lib/errors.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import type { IndexedAsset, KeptSamples } from '../../../lib/packaging/indexing/index-order.ts'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import type { MediaAnswer } from '../../../lib/packaging/segments/media-answer.ts'
import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import type { Packager } from '../../../lib/packaging/segments/packager.ts'
import { printPlacement } from '../../../lib/packaging/storage/stored-placement.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { clearPackager } from '../segments/clear-packager.ts'
import { bytesSource } from './films.ts'

/** What was asked of the store. */
export interface Asked {
  readonly key: string
  readonly offset: number
  readonly length: number
}

/** An indexed film behind a packager. */
export interface Shelf {
  readonly films: IndexedAsset
  /** Tracks to be played: without those of key frames, for winding. */
  readonly played: readonly Track[]
  readonly packager: Packager
  readonly reader: MediaReader
  readonly media: Map<string, Uint8Array>
  /** Every piece read by the packager, in order. */
  readonly asked: Asked[]
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Whole>
  /** Init and all segments of a track, one behind the other. */
  track(track: Track): Promise<Uint8Array>
}

/** An answer with its body read. */
export type Whole = Omit<MediaAnswer, 'body' | 'giveBack'> & { readonly bytes: Uint8Array }

/** Path of a piece of a track. */
export const mediaPath = (films: IndexedAsset, trackId: string, file: string): string =>
  `/media/clear/${films.timeline.id}/${films.timeline.version}/${trackId}/${file}`

/** Indexes films and puts what comes of it on a shelf. */
export const shelve = (...sources: readonly Source[]): Promise<Shelf> =>
  shelveAs({ timelineId: 'vod/film', version: '0123456789abcdef' }, ...sources)

/** The same, as a version of a content. */
export async function shelveAs(
  { timelineId, version }: { readonly timelineId: string; readonly version: string },
  ...sources: readonly Source[]
): Promise<Shelf> {
  const uploads = new Map(sources.map((source) => [`vod/${source.name}`, source]))
  const kept = new Map<string, Uint8Array>()
  const films = await indexAsset({
    timelineId,
    version,
    files: [...uploads].map(([key, source]) => ({
      object: { bucket: 'upload', key, versionId: '1' },
      source,
    })),
    keep: (name, chunks) => keepIn(kept, `timelines/${timelineId}/${version}/${name}`, chunks),
  })
  const media = new Map([...kept, ...films.objects.map(({ key, bytes }) => [key, bytes] as const)])
  media.set(
    `timelines/${timelineId}/${version}/placement.json`,
    new TextEncoder().encode(printPlacement(films.placement)),
  )
  const asked: Asked[] = []
  const reader = readerOf({ uploads, media, asked })
  const packager = clearPackager(reader)
  const get: Shelf['get'] = async (path, headers = {}, method = 'GET') => {
    const { body, giveBack, ...answer } = await packager.answer({ method, path, headers })
    const bytes = joined(body)
    giveBack?.()
    return { ...answer, bytes }
  }
  return {
    films,
    played: films.timeline.tracks.filter(({ trickOf }) => trickOf === undefined),
    packager,
    reader,
    media,
    asked,
    get,
    async track({ id, segments }) {
      const pieces = [await get(mediaPath(films, id, 'i-1.mp4'))]
      for (const { number, cut } of segments)
        pieces.push(await get(mediaPath(films, id, `${number}.${cut}.m4s`)))
      return Buffer.concat(pieces.map(({ bytes }) => bytes))
    },
  }
}

/** Stores samples in memory. */
export async function keepIn(
  kept: Map<string, Uint8Array>,
  key: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<KeptSamples> {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk)
  const bytes = Buffer.concat(pieces)
  kept.set(key, bytes)
  return { object: { bucket: 'media', key }, source: bytesSource(bytes, key) }
}

/** All of a body. */
export const joined = (body: MediaAnswer['body']): Uint8Array => Buffer.concat(body)

interface Stored {
  readonly uploads: ReadonlyMap<string, Source>
  readonly media: ReadonlyMap<string, Uint8Array>
  readonly asked: Asked[]
}

/** Small chunks, so that parts of samples come apart in every way. */
const chunkBytes = 10_007

/** A reader over what is in memory or on disk. */
export function readerOf({ uploads, media, asked }: Stored): MediaReader {
  const piece: MediaReader['piece'] = async ({ bucket, key }, { offset, length }) => {
    asked.push({ key, offset, length })
    const bytes = bucket === 'media' ? media.get(key)?.subarray(offset, offset + length) : undefined
    const found = bytes ?? (await uploads.get(key)?.read(offset, length))
    if (!found) throw new HeadendError('OBJECT_GONE', `${key} is gone`, { status: 404 })
    return found
  }
  return {
    piece,
    whole: (object) => piece(object, { offset: 0, length: media.get(object.key)?.length ?? 0 }),
    async described(object) {
      const bytes = await piece(object, { offset: 0, length: media.get(object.key)?.length ?? 0 })
      return { bytes: Uint8Array.from(bytes), facts: {} }
    },
    async stream(object, range) {
      const bytes = await piece(object, range)
      return (async function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes)
          yield Uint8Array.from(bytes.subarray(at, at + chunkBytes))
      })()
    },
  }
}
