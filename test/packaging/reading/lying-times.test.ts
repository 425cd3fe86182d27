/** Sample times no film has: it plays whole, as long as it is, and says what was mended; or it fails with a code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { boxes, children } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { probePackets } from '../../judges/media/packets.ts'
import { put, rebox } from '../../judges/media/rebox.ts'
import { bytesSource } from '../films/films.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { type Shelf, shelve } from '../films/shelf.ts'
import { deliveredSamples } from '../segments/delivered-samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-times-'))
afterAll(() => rmSync(folder, { recursive: true }))

const count = 350
const length = 512
const timescale = 12_800
const seconds = (count * length) / timescale
const twoTo32 = 2 ** 32

/** 14 s; each third picture is shown later than those stored behind it. */
const pictures = (change: (duration: number, i: number) => number = (one) => one): MadeTrack => ({
  type: 'video',
  timescale,
  samples: Array.from({ length: count }, (_, i) => ({
    size: 60 + (i % 50),
    // Not all alike: fragments then say each.
    duration: (change(length, i) + twoTo32) % twoTo32,
    sync: i % 25 === 0,
  })),
})
const sound: MadeTrack = {
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 656 }, (_, i) => ({ size: 30 + (i % 9), duration: 1024 })),
}

/** The media header says how long it is, unless it is told not to. */
function tracksOfFile(video: MadeTrack, { stated = count * length } = {}): Uint8Array {
  return rebox(makeFilm([video, sound]), 'moov/trak/mdia/mdhd', put(16, stated))
}

type Lie = readonly [name: string, change: (duration: number, i: number) => number]

const mended: readonly Lie[] = [
  ['one tick back, made up for by the next', (one, i) => (i === 100 ? -1 : i === 101 ? 2 * one + 1 : one)],
  ['one tick back for ever', (one, i) => (i === 100 ? -1 : one)],
  ['100 ticks back every other time', (one, i) => (i % 2 === 0 ? 2 * one + 100 : -100)],
  ['a second back, made up for', (one, i) => (i === 100 ? -12_800 : i === 101 ? 2 * one + 12_800 : one)],
  ['a first one below 0', (one, i) => (i === 0 ? -7 : i === 1 ? 2 * one + 7 : one)],
  ['a last one below 0', (one, i) => (i === count - 1 ? -1 : one)],
  ['a last one of 46 hours', (one, i) => (i === count - 1 ? 0x7fffffff : one)],
]

const absurd: readonly Lie[] = [
  ['46 hours', (one, i) => (i === 100 ? 0x7fffffff : one)],
  ['92 hours', (one, i) => (i === 100 ? 0xf0000000 : one)],
  ['46 hours twice', (one, i) => (i === 100 || i === 300 ? 0x7fffffff : one)],
  ['46 hours and back', (one, i) => (i === 100 ? 0x7fffffff : i === 101 ? -0x7fffffff : one)],
  ['seconds back for ever', (one, i) => (i === 200 ? -64_000 : one)],
  ['most of them below 0', (one, i) => (i % 5 === 0 ? one : -1)],
]

describe('a time table with', () => {
  it.each(mended)('%s plays whole and is as long as its header says', async (_name, change) => {
    await expectWhole(await shelve(bytesSource(tracksOfFile(pictures(change)))))
  })

  it.each(mended)('%s plays whole where no header says how long it is', async (_name, change) => {
    await expectWhole(await shelve(bytesSource(tracksOfFile(pictures(change), { stated: 0 }))))
  })

  it.skipIf(ffmpegMissing).each(mended)('%s is shown when FFmpeg shows it', async (_name, change) => {
    const film = tracksOfFile(pictures(change))
    const shelf = await shelve(bytesSource(film))
    const [source, delivered] = [join(folder, 'source.mp4'), join(folder, 'delivered.mp4')]
    writeFileSync(source, film)
    const [track] = shelf.played
    if (!track) throw new Error('pictures go in')
    writeFileSync(delivered, await shelf.track(track))
    const [wanted, got] = [await probePackets(source, 'video'), await probePackets(delivered, 'video')]
    expect(got.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
    const late = got.map((packet, i) => Math.abs(packet.seconds - (wanted[i]?.seconds ?? 0)))
    expect(Math.max(...late)).toBeLessThan(0.002)
  })

  it.each(absurd)('%s is refused', async (_name, change) => {
    for (const stated of [0, count * length])
      await expect(shelve(bytesSource(tracksOfFile(pictures(change), { stated })))).rejects.toMatchObject({
        message: expect.stringMatching(/expected samples (that follow one another|in the order)/),
      })
  })

  it('a minute in a film of 14 s is refused, and plays where no header says how long it is', async () => {
    const long = pictures((one, i) => (i === 100 ? 768_000 : one))
    await expect(shelve(bytesSource(tracksOfFile(long)))).rejects.toMatchObject({
      message: expect.stringContaining('one of 60 s at sample 101'),
    })
    const { films } = await shelve(bytesSource(tracksOfFile(long, { stated: 0 })))
    expect(films.durationSeconds).toBeCloseTo(14 + 60 - 0.04, 3)
    expect(films.warnings).toEqual([])
  })

  it('a film honestly hours long is left alone', async () => {
    const long = pictures((one, i) => (i === 100 ? 3 * 3600 * timescale : one))
    const shelf = await shelve(bytesSource(tracksOfFile(long, { stated: (3 * 3600 + 14) * timescale })))
    expect(shelf.films.durationSeconds).toBeCloseTo(3 * 3600 + 13.96, 3)
    expect(shelf.films.warnings).toEqual([])
  })
})

describe('composition offsets', () => {
  it.each([
    ['of 46 hours', 0x7fffffff],
    ['of less than -46 hours', -0x80000000],
  ])('%s are refused, one or all', async (_name, offset) => {
    const { samples, ...video } = pictures()
    for (const moves of [(i: number) => i === 200, () => true]) {
      const moved = samples.map((one, i) => ({ ...one, offset: moves(i) ? offset : 512 }))
      await expect(shelve(bytesSource(tracksOfFile({ ...video, samples: moved })))).rejects.toMatchObject({
        message: expect.stringContaining('after it is decoded'),
      })
    }
  })
})

describe('fragments with', () => {
  it.each<[name: string, moof: number, sample: number, value: number]>([
    ['a length one tick below 0', 1, 60, -1],
    ['a length of 46 hours', 1, 60, 0x7fffffff],
    ['a length of 92 hours', 0, 0, 0xf0000000],
    ['a length of a minute', 0, 60, 768_000],
  ])('%s are refused', async (_name, moof, sample, value) => {
    const film = await fragmented()
    durationOf(film, { moof, sample }).setUint32(0, value >>> 0)
    await expect(shelve(bytesSource(film))).rejects.toMatchObject({
      message: expect.stringMatching(/expected samples (that follow one another|in the order)/),
    })
  })

  it.each<[name: string, moof: number, sample: number, code: string]>([
    ['last length of a fragment', 1, 149, ''],
    ['last length of all', 2, 49, 'MP4_TIMES_MENDED'],
  ])('any %s play whole', async (_name, moof, sample, code) => {
    for (const value of [-1, 0x7fffffff, 0xf0000000]) {
      const film = await fragmented()
      durationOf(film, { moof, sample }).setUint32(0, value >>> 0)
      await expectWhole(await shelve(bytesSource(film)), code)
    }
  })

  it.each([
    ['a tick', 1],
    ['a few pictures', 2000],
  ])('a start that goes back %s play whole', async (_name, ticks) => {
    const film = await fragmented()
    const at = startOf(film, 1)
    at.setBigUint64(0, at.getBigUint64(0) - BigInt(ticks))
    await expectWhole(await shelve(bytesSource(film)), ticks === 1 ? '' : 'MP4_TIMES_MENDED')
  })

  it.each([
    ['leaps two hours', (at: bigint) => at + BigInt(7200 * timescale)],
    ['leaps decades', (at: bigint) => at + 2n ** 44n],
    ['goes back by seconds', () => 0n],
  ])('a start that %s are refused', async (_name, move) => {
    const film = await fragmented()
    const at = startOf(film, 2)
    at.setBigUint64(0, move(at.getBigUint64(0)))
    await expect(shelve(bytesSource(film))).rejects.toMatchObject({
      message: expect.stringMatching(/expected samples (that follow one another|in the order)/),
    })
  })
})

describe('a track in fragments', () => {
  it.each([
    ['two hours', 7200, 'expected it to begin with the others, got 7200 s behind them'],
    ['two seconds', 2, undefined],
  ])('that begins %s after the others', async (_name, late, refused) => {
    const film = await fragmented()
    const first = await shelve(bytesSource(makeFilm([sound])))
    const [heard] = first.played
    if (!heard) throw new Error('sound goes in')
    for (let moof = 0; moof < 3; moof++) {
      const at = startOf(film, moof)
      at.setBigUint64(0, at.getBigUint64(0) + BigInt(late * timescale))
    }
    const both = shelve(bytesSource(film, 'a.mp4'), bytesSource(await first.track(heard), 'b.mp4'))
    if (refused !== undefined)
      return expect(both).rejects.toMatchObject({ message: expect.stringContaining(refused) })
    expect((await both).films.durationSeconds).toBeCloseTo(16, 3)
  })
})

/** All pictures, 14 s, and what was done is said. */
async function expectWhole(shelf: Shelf, code = 'MP4_TIMES_MENDED'): Promise<void> {
  const [video] = shelf.played
  if (!video) throw new Error('pictures go in')
  const samples = await deliveredSamples(shelf, video)
  expect(samples).toHaveLength(count)
  const last = video.segments.at(-1)
  const end = last ? (last.start + last.duration) / timescale : 0
  expect(Math.abs(end - seconds)).toBeLessThan(0.15)
  for (const { duration } of samples) expect(duration).toBeLessThan(2 * timescale)
  const starts = samples.map(({ presentationTime }) => presentationTime)
  expect(Math.max(...starts)).toBeLessThan(seconds * timescale + 2 * length)
  expect(video.configs[0]?.frameRate).toEqual([25, 1])
  expect(shelf.films.warnings.map((one) => one.code)).toEqual(code ? [code] : [])
}

/** Its pictures in fragments of up to 6 s, which say the length of each sample. */
async function fragmented(): Promise<Buffer> {
  const shelf = await shelve(bytesSource(makeFilm([pictures((one, i) => one + (i % 2 === 0 ? 1 : -1))])))
  const [video] = shelf.played
  if (!video) throw new Error('pictures go in')
  return Buffer.from(await shelf.track(video))
}

function startOf(film: Buffer, moof: number): DataView {
  const { tfdt } = fragmentOf(film, moof)
  return new DataView(film.buffer, film.byteOffset + tfdt + 12, 8)
}

function durationOf(
  film: Buffer,
  { moof, sample }: { readonly moof: number; readonly sample: number },
): DataView {
  const { trun } = fragmentOf(film, moof)
  const flags = film.readUInt32BE(trun + 8) & 0xffffff
  if (!(flags & 0x100)) throw new Error('samples with lengths of their own are expected')
  const columns = [0x100, 0x200, 0x400, 0x800].filter((bit) => flags & bit).length
  const head = 16 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0)
  return new DataView(film.buffer, film.byteOffset + trun + head + sample * columns * 4, 4)
}

function fragmentOf(film: Buffer, moof: number): { readonly tfdt: number; readonly trun: number } {
  const box = [...boxes(new ByteReader(film))].filter(({ type }) => type === 'moof')[moof]
  const traf = box && children(box).get('traf')
  const inTraf = traf && children(traf)
  const [tfdt, trun] = [inTraf?.get('tfdt')?.at, inTraf?.get('trun')?.at]
  if (tfdt === undefined || trun === undefined) throw new Error(`a fragment ${moof} is expected`)
  return { tfdt, trun }
}
