/** A film with subtitles from upload to player in memory: indexed, stored, its manifests and media by their URLs. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { respond } from '../../../lib/delivery/respond.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import type { IndexedAsset } from '../../../lib/packaging/indexing/index-order.ts'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import { printPlacement } from '../../../lib/packaging/storage/stored-placement.ts'
import { encodeTimeline, timelinePrefix } from '../../../lib/timeline/stored.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { bytesSource } from '../films/films.ts'
import { joined, readerOf, type Whole } from '../films/shelf.ts'
import { clearPackager } from '../segments/clear-packager.ts'

/** A file beside the film, and what an asset.json might say of it. */
export interface Sidecar {
  readonly name: string
  readonly body: string | Uint8Array
  readonly language?: string
  readonly roles?: readonly string[]
  readonly label?: string
}

/** A film behind its URLs. */
export interface TextHouse {
  readonly films: IndexedAsset
  readonly texts: readonly Track[]
  /** Any URL of it, from its first slash on. */
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Whole>
  /** The same as text. */
  text(path: string): Promise<string>
  /** Path of a piece of a track. */
  media(trackId: string, file: string): string
  /** On a free port, for players. */
  serve(): Promise<{ readonly url: string; readonly server: Server }>
}

/** Indexes a film, sidecars, and files that hold nothing but text tracks. */
export async function textHouse(
  film: Source,
  sidecars: readonly Sidecar[] = [],
  more: readonly Source[] = [],
): Promise<TextHouse> {
  const uploads = new Map([film, ...more].map((source, i) => [`vod/film/${i}.mp4`, source]))

  const beside = sidecars.map(({ name, body, language, roles, label }) => ({
    object: { bucket: 'upload' as const, key: `vod/film/${name}` },
    source: bytesSource(typeof body === 'string' ? Buffer.from(body) : body, `vod/film/${name}`),
    ...(language && { language }),
    ...(roles && { roles }),
    ...(label && { name: label }),
  }))
  const films = await indexAsset({
    timelineId: 'vod/film',
    version: '0123456789abcdef',
    files: [...uploads].map(([key, source]) => ({ object: { bucket: 'upload', key }, source })),
    sidecars: beside,
  })
  const { timeline } = films
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  const stored = new Map<string, Uint8Array>([
    ...films.objects.map(({ key, bytes }) => [key, bytes] as const),
    ...parts.map(({ name, text }) => [prefix + name, Buffer.from(text)] as const),
    [`${prefix}placement.json`, Buffer.from(printPlacement(films.placement))],
    [`${prefix}timeline.json`, Buffer.from(head)],
  ])
  const packager = clearPackager(readerOf({ uploads, media: stored, asked: [] }))
  const manifests = {
    current: async () => ({ version: timeline.version }),
    object: async (key: string) => {
      const bytes = stored.get(key)
      return bytes && Buffer.from(bytes).toString()
    },
  }
  const get: TextHouse['get'] = async (url, headers = {}, method = 'GET') => {
    const [path = '', query = ''] = url.split('?')
    if (path.startsWith('/media/')) {
      const { body, ...answer } = await packager.answer({ method, path, headers })
      return { ...answer, bytes: joined(body) }
    }
    const { body, ...answer } = await respond({ method, path: path.slice(1), query }, manifests)
    return { ...answer, bytes: Buffer.from(body) }
  }
  return {
    films,
    texts: timeline.tracks.filter(({ type }) => type === 'text'),
    get,
    text: async (path) => Buffer.from((await get(path)).bytes).toString(),
    media: (trackId, file) => `/media/clear/${timeline.id}/${timeline.version}/${trackId}/${file}`,
    async serve() {
      const server = createServer((request, response) => {
        const { range } = request.headers
        const send = async (): Promise<void> => {
          const { status, headers, bytes } = await get(
            request.url ?? '/',
            range ? { range } : {},
            request.method,
          )
          response.writeHead(status, { ...headers, 'access-control-allow-origin': '*' })
          response.end(bytes)
        }
        void send()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
    },
  }
}
