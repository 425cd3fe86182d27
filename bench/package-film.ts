/** `node package-film FILM FOLDER [cenc|cbcs]`: a film as CMAF segments with HLS and DASH manifests, written to disk. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { respond, type TimelineReader } from '../lib/delivery/index.ts'
import type { Packager } from '../lib/packaging/index.ts'
import type { MediaReader } from '../lib/packaging/segments/media-reader.ts'
import { initFile, type MediaProtection, trackPath } from '../lib/timeline/media-path.ts'
import { encodeTimeline, timelinePrefix } from '../lib/timeline/stored.ts'
import type { Timeline } from '../lib/timeline/timeline.ts'
import { clearPackager } from '../test/packaging/segments/clear-packager.ts'
import { sealedPackager } from '../test/packaging/segments/sealed-packager.ts'
import { contentKey, openFilm, openReader, sealedBy, segmentPath, timelineId, version } from './film-file.ts'

/** What one thread writes. */
interface Share {
  /** Paths of media, in the order of the film. */
  readonly paths: readonly string[]
  readonly media: ReadonlyMap<string, Uint8Array>
}

/** What is written at once: of more the system makes larger pages, which a virtual machine may have to ask its host for. */
const writeBytes = 256 * 2 ** 10

const [film = '', folder = '', scheme] = process.argv.slice(2)
const isSealed = scheme === 'cenc' || scheme === 'cbcs'
const protection: MediaProtection = isSealed ? sealedBy(scheme) : { scheme: 'clear' }
const packagerOver = (reader: MediaReader): Packager =>
  isSealed ? sealedPackager(reader, contentKey) : clearPackager(reader)

if (isMainThread) await packageFilm()
else {
  const { paths, media } = workerData as Share
  await writeMedia(packagerOver(openReader(film, media)), paths)
}

async function packageFilm(): Promise<void> {
  const { films, reader: media, media: objects, close } = await openFilm(film)
  // What the other packagers write: pictures and sound, no tracks for seeking.
  const tracks = films.timeline.tracks.filter(
    ({ type, trickOf }) => trickOf === undefined && (type === 'video' || type === 'audio'),
  )
  const files = tracks.flatMap(({ id, configs, segments }) => {
    const directory = trackPath(protection, timelineId, version, id)
    mkdirSync(join(folder, directory), { recursive: true })
    return [
      ...configs.map((config) => ({ path: `/${directory}${initFile(config.id)}`, number: 0 })),
      ...segments.map((segment) => ({ path: segmentPath(id, segment, protection), number: segment.number })),
    ]
  })
  // Sound lies between the pictures: what was just read for them is still at hand.
  const inOrder = files.toSorted((a, b) => a.number - b.number)
  const share = (odd: number) => inOrder.filter(({ number }) => number % 2 === odd).map(({ path }) => path)
  // Functions run as many at once as are asked for; here there are two cores.
  const other: Share = { paths: share(1), media: objects }
  const helper = new Worker(new URL(import.meta.url), { workerData: other, argv: process.argv.slice(2) })
  const helped = new Promise<void>((resolve, reject) => {
    helper
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))))
  })
  const manifests = ['index.m3u8', 'index.mpd', ...tracks.map(({ id }) => `${version}/${id}.m3u8`)]
  const reader = readerOf(films.timeline)
  for (const name of manifests) {
    const path = `${timelineId}/${name}`
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), (await respond({ method: 'GET', path }, reader)).body)
  }
  await Promise.all([writeMedia(packagerOver(media), share(0)), helped])
  close()
}

async function writeMedia(packager: Packager, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { status, body, giveBack } = await packager.answer({ method: 'GET', path, headers: {} })
    if (status !== 200) throw new Error(`${path}: expected 200, got ${status}`)
    const target = openSync(join(folder, path), 'w')
    for (const chunk of body)
      for (let at = 0; at < chunk.length; at += writeBytes)
        writeSync(target, chunk, at, Math.min(writeBytes, chunk.length - at))
    giveBack?.()
    closeSync(target)
  }
}

function readerOf(timeline: Timeline): TimelineReader {
  const prefix = timelinePrefix(timelineId, version)
  const { head, parts } = encodeTimeline(timeline)
  const objects = new Map([['timeline.json', head], ...parts.map(({ name, text }) => [name, text] as const)])
  return {
    current: () => Promise.resolve({ version }),
    object: (key) => Promise.resolve(objects.get(key.slice(prefix.length))),
  }
}
