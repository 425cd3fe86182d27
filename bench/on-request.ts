/** One segment on request, in process: how long it takes, what memory, and what is read of the film for it. */

import { makeSidecar } from '../lib/packaging/sidecar/audio-sidecar.ts'
import { timelinePrefix } from '../lib/timeline/stored.ts'
import { clearPackager } from '../test/packaging/segments/clear-packager.ts'
import { type FilmFile, openFilm, segmentPath, timelineId, version } from './film-file.ts'
import { archiveFilm, demoFilm, has, languagesFilm, repeatedFilm } from './films.ts'
import { percentile, type Result, timesOf } from './measure.ts'

export async function onRequest(): Promise<Result[]> {
  const results: Result[] = []
  if (has('ffmpeg')) results.push(...(await times(repeatedFilm())))
  const films: [name: string, path: string][] = [['demo film', demoFilm]]
  if (has('ffmpeg')) films.push(['three languages', languagesFilm()], ['50 Mb/s', archiveFilm()])
  for (const [name, film] of films) {
    const file = await openFilm(film)
    results.push(...(await readsOf(name, file, ['video', 'audio'])))
    const outcome = await makeSidecar(`${timelinePrefix(timelineId, version)}placement.json`, roomOf(file))
    if (outcome === 'made') results.push(...(await readsOf(`${name}, sidecar`, file, ['audio'])))
    file.close()
  }
  return results
}

/** One segment of some 4.6 MB, asked for again and again. */
async function times(film: string): Promise<Result[]> {
  const file = await openFilm(film)
  const [picture] = file.films.timeline.tracks
  const near = picture?.segments.toSorted((a, b) => Math.abs(a.bytes - 4.6e6) - Math.abs(b.bytes - 4.6e6))[0]
  const path = segmentPath(picture?.id ?? '', near ?? { number: 0, cut: 0 })
  const all = await timesOf(100, async () => {
    const { giveBack } = await file.packager.answer({ method: 'GET', path, headers: {} })
    giveBack?.()
  })
  file.close()
  const megabytes = `${((near?.bytes ?? 0) / 1e6).toFixed(1)} MB`
  const common = { bench: 'on request', unit: 'ms' } as const
  return [
    {
      ...common,
      case: 'one segment of pictures, in process',
      p50: percentile(all, 0.5),
      p99: percentile(all, 0.99),
      note: megabytes,
      goal: { atMost: 8 },
    },
  ]
}

/** What the segments of each kind of track cost: requests, and bytes nobody asked for. */
async function readsOf(name: string, file: FilmFile, types: readonly string[]): Promise<Result[]> {
  const results: Result[] = []
  const packager = clearPackager(file.reader)
  for (const type of types) {
    const tracks = file.films.timeline.tracks.filter((track) => track.type === type && !track.trickOf)
    const requests: number[] = []
    const over: number[] = []
    for (const track of tracks)
      for (const segment of track.segments) {
        const before = { ...file.tally }
        const path = segmentPath(track.id, segment)
        const { body, giveBack } = await packager.answer({ method: 'GET', path, headers: {} })
        const bytes = body.reduce((sum, { length }) => sum + length, 0)
        giveBack?.()
        if (bytes !== segment.bytes) throw new Error(`${path}: expected ${segment.bytes} bytes, got ${bytes}`)
        requests.push(file.tally.requests - before.requests)
        over.push(Math.max(0, file.tally.bytes - before.bytes - bytes) / 1e6)
      }
    const label = type === 'video' ? 'pictures' : 'sound'
    results.push({
      bench: 'reads',
      case: `${name}: over-read a segment of ${label}`,
      unit: 'MB',
      p50: percentile(over, 0.5),
      p99: Math.max(...over),
      note: `${Math.max(...requests)} request${Math.max(...requests) === 1 ? '' : 's'} a segment at most`,
    })
  }
  return results
}

/** A room over the film's own store. */
function roomOf(file: FilmFile): Parameters<typeof makeSidecar>[1] {
  const { media, reader } = file
  return {
    reader,
    placement: async (key) => {
      const bytes = media.get(key)
      return bytes && { bytes, etag: '1' }
    },
    async storeStream(key, chunks) {
      const pieces: Uint8Array[] = []
      for await (const chunk of chunks) pieces.push(chunk)
      media.set(key, Buffer.concat(pieces))
    },
    store: async (key, body) => void media.set(key, Buffer.from(body)),
    async replace(key, text) {
      media.set(key, Buffer.from(text))
      return true
    },
  }
}
