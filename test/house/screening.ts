/** Films on a local port as ingest, delivery and the packager make them, their stores in memory. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { respond, type TimelineReader } from '../../lib/delivery/index.ts'
import { type IndexedAsset, indexAsset, type Packager, type Source } from '../../lib/packaging/index.ts'
import { createPackager } from '../../lib/packaging/segments/packager.ts'
import { printPlacement } from '../../lib/packaging/storage/stored-placement.ts'
import { nodeAes } from '../../lib/platform/crypto/aes.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { protectionKey } from '../../lib/timeline/stored-protection.ts'
import { bytesSource, fileSource } from '../packaging/films/films.ts'
import { keepIn, readerOf } from '../packaging/films/shelf.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'
import type { FilmRights } from './rights/film-rights.ts'

/** A file of a film, on disk or in memory, and what the upload says of it. */
export interface ScreenedFile {
  readonly file: string | Uint8Array
  readonly language?: string
  readonly name?: string
}

/** A film that plays at `hls` and `dash`. */
export interface Screened {
  readonly films: IndexedAsset
  readonly hls: string
  readonly dash: string
  /** From now on it is protected so. */
  protect(rights: FilmRights): void
}

/** A place where films play. */
export interface Screening {
  show(id: string, files: readonly ScreenedFile[]): Promise<Screened>
  close(): void
}

const version = '0123456789abcdef'

interface House {
  readonly packager: Packager
  readonly reader: TimelineReader
}

/** Opens one on a free port. */
export async function openScreening(): Promise<Screening> {
  const houses = new Map<string, House>()
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://x')
      const [, id = ''] = /\/(vod\/[^/]+)\//.exec(pathname) ?? []
      const house = houses.get(id)
      const { method = 'GET', headers } = request
      const answer = !house
        ? { status: 404, headers: {}, body: [] }
        : pathname.startsWith('/media/')
          ? await house.packager.answer({ method, path: pathname, headers: { range: headers.range } })
          : await manifest(house.reader, method, pathname, search)
      response.writeHead(answer.status, { ...answer.headers, 'access-control-allow-origin': '*' })
      for (const chunk of answer.body) response.write(chunk)
      response.end()
    })().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  // A test may stand still while FFmpeg makes a film; who asked before would ask again on a connection that is closed.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    async show(id, files) {
      const timelineId = `vod/${id}`
      const { house, films, sealed } = await houseOf(timelineId, files)
      houses.set(timelineId, house)
      return {
        films,
        hls: `${url}/${timelineId}/index.m3u8`,
        dash: `${url}/${timelineId}/index.mpd`,
        protect: (rights) => void houses.set(timelineId, sealed(rights)),
      }
    },
    close: () => void server.close(),
  }
}

async function manifest(reader: TimelineReader, method: string, path: string, search: string) {
  const answer = await respond({ method, path: path.slice(1), query: search.slice(1) }, reader)
  return { ...answer, body: [Buffer.from(answer.body)] }
}

async function houseOf(
  timelineId: string,
  files: readonly ScreenedFile[],
): Promise<{
  readonly house: House
  readonly films: IndexedAsset
  readonly sealed: (rights: FilmRights) => House
}> {
  const uploads = new Map<string, Source>()
  const named = files.map(({ file, ...said }, i) => {
    const source = typeof file === 'string' ? fileSource(file) : bytesSource(file)
    const key = `${timelineId}/${i}-${typeof file === 'string' ? basename(file) : 'film.mp4'}`
    uploads.set(key, source)
    return { object: { bucket: 'upload' as const, key }, source, ...said }
  })
  const prefix = timelinePrefix(timelineId, version)
  const kept = new Map<string, Uint8Array>()
  const films = await indexAsset({
    timelineId,
    version,
    files: named,
    keep: (name, chunks) => keepIn(kept, prefix + name, chunks),
  })
  const { head, parts } = encodeTimeline(films.timeline)
  const texts = [
    { name: 'timeline.json', text: head },
    { name: 'placement.json', text: printPlacement(films.placement) },
    ...parts,
  ]
  const media = new Map([...kept, ...films.objects.map(({ key, bytes }) => [key, bytes] as const)])
  for (const { name, text } of texts) media.set(prefix + name, Buffer.from(text))
  const pieces = readerOf({ uploads, media, asked: [] })
  const object = async (key: string) => {
    const bytes = media.get(key)
    return bytes && Buffer.from(bytes).toString('utf8')
  }
  const sealed = ({ name, text, media: rights }: FilmRights): House => ({
    packager: createPackager({ reader: pieces, rights, aes: nodeAes }),
    reader: {
      current: async () => ({ version, protection: name }),
      object: async (key) => (key === protectionKey(timelineId, name) ? text : object(key)),
    },
  })
  const house = { packager: clearPackager(pieces), reader: { current: async () => ({ version }), object } }
  return { house, films, sealed }
}
