/** What encrypting costs: all segments of a film made and thrown away, in the clear and under each scheme. */
import { createCipheriv } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Packager } from '../lib/packaging/index.ts'
import type { MediaProtection } from '../lib/timeline/media-path.ts'
import { sealedPackager } from '../test/packaging/segments/sealed-packager.ts'
import { contentKey, type FilmFile, openFilm, sealedBy, segmentPath } from './film-file.ts'
import { has, repeatedFilm } from './films.ts'
import { median, percentile, type Result, timesOf } from './measure.ts'

const rounds = 7
const schemes = ['cenc', 'cbcs'] as const
/** Of our own clear speed, on one core. */
const goals = { cenc: 0.45, cbcs: 0.6 }
export async function protection(): Promise<Result[]> {
  if (!has('ffmpeg')) return []
  const film = repeatedFilm()
  const file = await openFilm(film)
  const sealed = sealedPackager(file.reader, contentKey)
  const megabytes = statSync(film).size / 1e6
  const ways = {
    clear: () => everySegment(file, file.packager, { scheme: 'clear' }),
    ...Object.fromEntries(
      schemes.map((scheme) => [scheme, () => everySegment(file, sealed, sealedBy(scheme))]),
    ),
  }
  const speeds: Record<string, number[]> = {}
  for (let round = 0; round <= rounds; round++)
    for (const [name, make] of Object.entries(ways)) {
      const [ms = 0] = await timesOf(1, make, 0)
      if (round > 0) (speeds[name] ??= []).push(megabytes / (ms / 1000))
    }
  const clear = median(speeds['clear'] ?? [])
  const results: Result[] = [
    { bench: 'protection', case: 'all segments, clear, thrown away', unit: 'MB/s', p50: clear },
  ]
  for (const scheme of schemes) {
    const speed = median(speeds[scheme] ?? [])
    results.push(
      { bench: 'protection', case: `all segments, ${scheme}, thrown away`, unit: 'MB/s', p50: speed },
      {
        bench: 'protection',
        case: `${scheme} against clear`,
        unit: 'x',
        p50: speed / clear,
        goal: { atLeast: goals[scheme] },
      },
    )
  }
  results.push(...(await oneSegment(file, sealed)), ...(await limits()))
  file.close()
  return results
}

async function everySegment(
  { films }: FilmFile,
  packager: Packager,
  protectedBy: MediaProtection,
): Promise<void> {
  const tracks = films.timeline.tracks.filter(({ trickOf }) => trickOf === undefined)
  for (const { id, segments } of tracks)
    for (const segment of segments) await made(packager, segmentPath(id, segment, protectedBy))
}

async function made(packager: Packager, path: string): Promise<void> {
  const { status, giveBack } = await packager.answer({ method: 'GET', path, headers: {} })
  if (status !== 200) throw new Error(`${path}: expected 200, got ${status}`)
  giveBack?.()
}

async function oneSegment(file: FilmFile, packager: Packager): Promise<Result[]> {
  const [picture] = file.films.timeline.tracks
  const near = picture?.segments.toSorted((a, b) => Math.abs(a.bytes - 4.6e6) - Math.abs(b.bytes - 4.6e6))[0]
  const results: Result[] = []
  for (const scheme of schemes) {
    const path = segmentPath(picture?.id ?? '', near ?? { number: 0, cut: 0 }, sealedBy(scheme))
    const all = await timesOf(100, () => made(packager, path))
    results.push({
      bench: 'protection',
      case: `one segment of pictures, ${scheme}, in process`,
      unit: 'ms',
      p50: percentile(all, 0.5),
      p99: percentile(all, 0.99),
      note: `${((near?.bytes ?? 0) / 1e6).toFixed(1)} MB`,
      ...(scheme === 'cbcs' && { goal: { atMost: 12 } }),
    })
  }
  return results
}

/** What the runtime's AES does with memory that lies at hand. */
async function limits(): Promise<Result[]> {
  const bytes = Buffer.alloc(4.6e6 - (4.6e6 % 16))
  const results: Result[] = []
  for (const cipher of ['aes-128-ctr', 'aes-128-cbc']) {
    const all = await timesOf(50, () => createCipheriv(cipher, contentKey.key, contentKey.iv).update(bytes))
    results.push({
      bench: 'protection',
      case: `${cipher} of the runtime, 4.6 MB`,
      unit: 'MB/s',
      p50: bytes.length / 1e6 / (percentile(all, 0.5) / 1000),
    })
  }
  return results
}
