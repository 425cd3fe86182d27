/** Presentations of real films on a local port: what delivery prints and what the packager makes, no cloud. */

import { open, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dashMpd, hlsMedia, hlsMultivariant } from '../../lib/delivery/index.ts'
import { HeadendError } from '../../lib/errors.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMediaPlaylist } from '../../lib/formats/hls/print-media.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import { type Source } from '../../lib/packaging/index.ts'
import { indexAsset } from '../../lib/packaging/indexing/index-asset.ts'
import { printPlacement } from '../../lib/packaging/storage/stored-placement.ts'
import type { ByteRange, ObjectRef, Placement } from '../../lib/timeline/placement.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import { timelinePrefix } from '../../lib/timeline/stored.ts'
import type { Timeline } from '../../lib/timeline/timeline.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'

/** A running theatre. */
export interface Theatre {
  readonly url: string
  /** Indexes a file on disk. */
  show(path: string, timelineId: string): Promise<Timeline>
  /** Puts a presentation under its id; asked anew for each manifest. */
  programme(id: string, presentation: () => Presentation): void
  /** Puts an object into the media bucket. */
  put(key: string, bytes: Uint8Array): void
  /** Replaces where a timeline's bytes are. */
  move(timeline: Timeline, change: (placement: Placement) => Placement): void
  close(): void
}

/** Opens one on a free port. */
export async function openTheatre(): Promise<Theatre> {
  const objects = new Map<string, Uint8Array>()
  const files = new Map<string, string>()
  const placements = new Map<string, Placement>()
  const programmes = new Map<string, () => Presentation>()
  const bytesOf = async ({ bucket, key }: ObjectRef, range?: ByteRange): Promise<Uint8Array> => {
    if (bucket === 'upload') return readPiece(files.get(key) ?? '', range)
    const bytes = objects.get(key)
    if (!bytes) throw new HeadendError('OBJECT_GONE', key, { status: 404 })
    return range ? bytes.subarray(range.offset, range.offset + range.length) : bytes
  }
  let packager = clearPackager(reader())
  function reader() {
    return {
      whole: bytesOf,
      described: async (object: ObjectRef) => ({
        bytes: Uint8Array.from(await bytesOf(object)),
        facts: {},
      }),
      piece: bytesOf,
      stream: async (object: ObjectRef, range: ByteRange) =>
        once(Uint8Array.from(await bytesOf(object, range))),
    }
  }
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://x')
      const { status, headers, body } = await answer(request.method ?? 'GET', pathname, request.headers)
      response.writeHead(status, { ...headers, 'access-control-allow-origin': '*' })
      for (const chunk of body) response.write(chunk)
      response.end()
    })()
  })
  async function answer(method: string, path: string, headers: NodeJS.Dict<string | string[]>) {
    if (path.startsWith('/media/'))
      return packager.answer({ method, path, headers: { range: headers['range'] as string } })
    const text = manifest(path)
    const type = path.endsWith('.mpd') ? 'application/dash+xml' : 'application/vnd.apple.mpegurl'
    return text === undefined
      ? { status: 404, headers: {}, body: [] }
      : {
          status: 200,
          headers: { 'content-type': type, 'cache-control': 'max-age=1' },
          body: [Buffer.from(text)],
        }
  }
  function manifest(path: string): string | undefined {
    const [, id = '', rest = ''] = /^\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? []
    const presentation = programmes.get(id)?.()
    if (!presentation) return undefined
    if (rest === 'index.mpd') return printMpd(dashMpd(presentation, path.slice(1)))
    if (rest === 'index.m3u8')
      return printMultivariantPlaylist(hlsMultivariant(presentation, (one) => `v/${one.id}.m3u8`))
    const rendition = presentation.renditions.find((one) => rest === `v/${one.id}.m3u8`)
    return rendition && printMediaPlaylist(hlsMedia(presentation, rendition, path.slice(1)))
  }
  const place = (placement: Placement) => {
    const { timelineId, version } = placement
    placements.set(timelineId, placement)
    objects.set(
      `${timelinePrefix(timelineId, version)}placement.json`,
      Buffer.from(printPlacement(placement)),
    )
    // A packager keeps placements while it is warm; another environment starts cold.
    packager = clearPackager(reader())
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async show(path, timelineId) {
      const key = `${timelineId}.mp4`
      files.set(key, path)
      const source = await fileSource(path)
      const version = '0123456789abcdef'
      const indexed = await indexAsset({
        timelineId,
        version,
        files: [{ object: { bucket: 'upload', key }, source }],
      })
      for (const object of indexed.objects) objects.set(object.key, object.bytes)
      place(indexed.placement)
      return indexed.timeline
    },
    programme: (id, presentation) => void programmes.set(id, presentation),
    put: (key, bytes) => void objects.set(key, bytes),
    move(timeline, change) {
      const placement = placements.get(timeline.id)
      if (placement) place(change(placement))
    },
    close: () => void server.close(),
  }
}

/** A file on disk as ingest reads it. */
async function fileSource(path: string): Promise<Source> {
  return {
    name: path,
    size: (await stat(path)).size,
    read: (offset, length) => readPiece(path, { offset, length }),
  }
}

async function readPiece(path: string, range?: ByteRange): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const length = range?.length ?? (await file.stat()).size
    const bytes = Buffer.alloc(length)
    await file.read(bytes, 0, length, range?.offset ?? 0)
    return bytes
  } finally {
    await file.close()
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
