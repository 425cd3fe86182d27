/** Films uploaded in fragments come out as films of one piece do, and cost ingest no more of their media. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { boxes, children } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { readTfdt } from '../../../lib/formats/isobmff/tfdt.ts'
import { readTfhd } from '../../../lib/formats/isobmff/tfhd.ts'
import { readTrak } from '../../../lib/formats/isobmff/trak.ts'
import { maxFragmentReads } from '../../../lib/packaging/reading/fragments.ts'
import { counted, type ReadTally } from '../../../lib/packaging/reading/source.ts'
import { ffmpegFilm, ffmpegMissing } from '../../house/ffmpeg.ts'
import { asOneFile } from '../../judges/media/one-file.ts'
import { type Packet, readPackets } from '../../judges/media/packets.ts'
import { probeStreams } from '../../judges/media/streams.ts'
import { deliveredSamples } from '../segments/delivered-samples.ts'
import { bytesSource, corpusFilm, demoFilm, fileSource, filmsMissing } from './films.ts'
import { faultsOf } from './judged.ts'
import { md5Of } from './md5.ts'
import { type Shelf, shelve } from './shelf.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-fragments-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The demo film's first seconds, copied into fragments by FFmpeg. */
const fragmented = (movflags: string, more = ''): Uint8Array =>
  readFileSync(ffmpegFilm(`-t 15 -i ${demoFilm} -c copy -movflags ${movflags}${more}`))

const frequent = ' -frag_duration 200000'
const made: readonly [name: string, movflags: string, more?: string][] = [
  ['a fragment a key frame', 'frag_keyframe+empty_moov'],
  ['offsets from the moof', 'frag_keyframe+empty_moov+default_base_moof'],
  ['absolute offsets and samples in the moov', 'frag_keyframe'],
  ['an edit list', 'frag_keyframe+empty_moov+delay_moov+default_base_moof'],
  ['negative composition offsets', 'frag_keyframe+empty_moov+negative_cts_offsets+default_base_moof'],
  ['an index a fragment', 'dash+frag_keyframe'],
  ['one index', 'dash+frag_keyframe+global_sidx', frequent],
  ['short fragments', 'empty_moov+default_base_moof', frequent],
  ['a moof a track', 'frag_keyframe+empty_moov+separate_moof+omit_tfhd_offset'],
]

/** Ingest's bytes that describe the film: the boxes that do, and the headers of those that do not. */
function describing(film: Uint8Array): { readonly bytes: number; readonly fragments: number } {
  let bytes = 0
  let fragments = 0
  for (const { type, raw } of boxes(new ByteReader(film))) {
    bytes += ['moov', 'moof', 'sidx'].includes(type) ? raw.length : 16
    if (type === 'moof') fragments++
  }
  return { bytes, fragments }
}

/** The film on a shelf, and what indexing it read. */
async function shelved(film: Uint8Array): Promise<{ shelf: Shelf; tally: ReadTally }> {
  const tally = { requests: 0, bytes: 0 }
  const shelf = await shelve(counted(bytesSource(film), tally))
  return { shelf, tally: { ...tally } }
}

const at = (packets: readonly Packet[]): number => packets[0]?.seconds ?? 0

/** What of packets is to be, beside the same bytes. */
interface Expected {
  /** What all are shown earlier than in the file, in seconds. @default 0 */
  readonly early?: number
  /** Whether samples stand in the moov as well. */
  readonly hybrid?: boolean
}

/** All tracks, byte for byte, as mediabunny reads them. */
async function expectPackets(
  film: Uint8Array,
  shelf: Shelf,
  { early = 0, hybrid = false }: Expected = {},
): Promise<void> {
  for (const one of shelf.played) {
    const kind = one.type === 'video' ? ('video' as const) : ('audio' as const)
    const delivered = await shelf.track(one)
    expect(await faultsOf(shelf, one)).toEqual([])
    const read = await readPackets(delivered, kind)
    const all = await readPackets(film, kind)
    // mediabunny knows no fragments behind a moov that has samples.
    if (hybrid) expect(all.length).toBeLessThan(read.length)
    expectSame(read.slice(0, all.length), all, { early, tick: 1 / one.timescale })
  }
}

/** The same as FFmpeg reads them, which is asked once for all tracks. */
async function expectProbed(film: Uint8Array, shelf: Shelf, { early = 0 }: Expected = {}): Promise<void> {
  const [path, out] = [join(folder, 'source.mp4'), join(folder, 'delivered.mp4')]
  const tracks: Uint8Array[] = []
  for (const one of shelf.played) tracks.push(await shelf.track(one))
  writeFileSync(path, film)
  writeFileSync(out, asOneFile(tracks))
  const [delivered, uploaded] = [await probeStreams(out), await probeStreams(path)]
  for (const [i, { type, timescale }] of shelf.played.entries()) {
    const got = delivered[i]?.packets ?? []
    const wanted = uploaded.find((stream) => stream.type === type)?.packets ?? []
    // FFmpeg takes the smallest composition offset of a fragmented upload for a delay of it all.
    expect(Math.abs(at(wanted) - at(got) - early)).toBeLessThan(0.1)
    expectSame(got, wanted, { early: at(wanted) - at(got), tick: 1 / timescale })
  }
}

function expectSame(
  got: readonly Packet[],
  wanted: readonly Packet[],
  { early, tick }: { readonly early: number; readonly tick: number },
): void {
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
  const late = got.map(({ seconds }, i) => Math.abs(seconds + early - (wanted[i]?.seconds ?? 0)))
  expect(Math.max(...late)).toBeLessThanOrEqual(tick + 3e-6)
}

describe.skipIf(ffmpegMissing !== undefined)('a film in fragments', () => {
  it.for(made)('with %s comes out whole, read in few pieces', async ([, movflags, more]) => {
    const film = fragmented(movflags, more)
    const { shelf, tally } = await shelved(film)
    expect(shelf.films.skipped).toEqual([])
    expect(shelf.played.map(({ id }) => id)).toEqual(['video-1', 'audio-1'])
    await expectPackets(film, shelf, { hybrid: movflags === 'frag_keyframe' })
    await expectProbed(film, shelf)
    const { bytes, fragments } = describing(film)
    expect(fragments).toBeGreaterThan(1)
    expect(tally.bytes).toBeLessThanOrEqual(bytes + 64 * 1024)
    // Twelve looks at pictures beside the boxes.
    expect(tally.requests).toBeLessThanOrEqual(16 + 2 * fragments)
  })

  it('whose clock began hours before it starts at 0, its tracks as far apart as they were', async () => {
    const film = Buffer.from(fragmented('dash+frag_keyframe'))
    const timescales = new Map<number, number>()
    for (const box of boxes(new ByteReader(film))) {
      if (box.type === 'moov')
        for (const trak of readMoov(box).traks) {
          const { header, media } = readTrak(trak)
          timescales.set(header.trackId, media.timescale)
        }
      if (box.type !== 'moof') continue
      for (const traf of boxes(box.body)) {
        const tfdt = children(traf).get('tfdt')
        const tfhd = children(traf).get('tfhd')
        if (traf.type !== 'traf' || !tfdt || !tfhd) continue
        const ticks = (timescales.get(readTfhd(tfhd).trackId) ?? 0) * 3900
        expect(tfdt.raw[8]).toBe(1)
        film.writeBigUInt64BE(BigInt(readTfdt(tfdt) + ticks), tfdt.at + 12)
      }
    }
    const { shelf } = await shelved(film)
    const ends = shelf.films.timeline.tracks.map(({ segments, timescale }) => {
      const last = segments.at(-1)
      return last ? (last.start + last.duration) / timescale : 0
    })
    expect(Math.max(...ends)).toBeLessThan(16)
    await expectPackets(film, shelf, { early: 3900 })
    await expectProbed(film, shelf, { early: 3900 })
  })

  it('whose fragments run back in time is refused with the reason', async () => {
    const film = fragmented('frag_keyframe+empty_moov+default_base_moof')
    const all = [...boxes(new ByteReader(film))]
    const from = all.find(({ type }) => type === 'moof')?.at ?? 0
    await expect(shelved(Buffer.concat([film, film.subarray(from)]))).rejects.toMatchObject({
      code: 'PACKAGING_NOTHING_PLAYABLE',
      message: expect.stringContaining('in the order of their times'),
    })
  })

  it('cut off within a fragment plays as far as it is complete, and says where it ends', async () => {
    const film = fragmented('frag_keyframe+empty_moov+default_base_moof')
    const whole = { video: await readPackets(film, 'video'), audio: await readPackets(film, 'audio') }
    const ends = new Set<number>()
    let from = 0
    for (const { type, at: start, raw } of boxes(new ByteReader(film))) {
      if (type === 'moov') from = start + raw.length
      if (type === 'mdat') ends.add(start + raw.length)
    }
    let last = 0
    for (const end of ends)
      for (const length of [end - 4097, end - 1, end + 4, end + 12, end + 100]) {
        if (length <= from || length >= film.length) continue
        const { shelf } = await shelved(film.subarray(0, length))
        const { durationSeconds, warnings } = shelf.films
        expect(durationSeconds, `${length} bytes`).toBeGreaterThanOrEqual(last)
        last = durationSeconds
        for (const track of shelf.played) {
          const samples = await deliveredSamples(shelf, track)
          const packets = whole[track.type === 'video' ? 'video' : 'audio']
          expect(samples.map(({ bytes }) => md5Of(bytes))).toEqual(
            packets.slice(0, samples.length).map(({ md5 }) => md5),
          )
        }
        expect(warnings.map(({ code }) => code)).toEqual(shelf.played.map(() => 'MP4_BROKEN_OFF'))
        expect(warnings[0]?.reason).toMatch(/broke off at byte \d+; what is complete plays, to \d+\.\d{3} s$/)
      }
    expect(last).toBeGreaterThan(10)
    await expect(shelved(film.subarray(0, from))).rejects.toMatchObject({
      code: 'PACKAGING_NOTHING_PLAYABLE',
      message: expect.stringContaining('expected samples, got none'),
    })
  })

  it('cut off where a fragment ends is known by its index', async () => {
    const film = fragmented('dash+frag_keyframe+global_sidx')
    const last = [...boxes(new ByteReader(film))].findLast(({ type }) => type === 'moof')?.at ?? 0
    const { shelf } = await shelved(film.subarray(0, last))
    expect(shelf.films.warnings[0]).toMatchObject({
      code: 'MP4_BROKEN_OFF',
      reason: expect.stringContaining('as the index says'),
    })
  })

  it.each([
    ['text', Buffer.from('written by a recorder')],
    ['a word', Buffer.from('end')],
    ['a box of no size', Buffer.from([0, 0, 0, 3, ...Buffer.from('free')])],
    ['ones', Buffer.alloc(5000, 0xff)],
  ])('with %s behind the last fragment plays whole, and says so', async (_name, junk) => {
    const film = fragmented('frag_keyframe+empty_moov+default_base_moof')
    const { shelf } = await shelved(Buffer.concat([film, junk]))
    expect(shelf.films.durationSeconds).toBe((await shelved(film)).shelf.films.durationSeconds)
    expect(shelf.films.warnings[0]?.reason).toContain(`broke off at byte ${film.length}`)
  })

  it('that says samples are behind its end and others are not is refused', async () => {
    const film = Buffer.from(fragmented('frag_keyframe+empty_moov+default_base_moof'))
    film.writeInt32BE(0x7fff0000, film.indexOf('trun') + 12)
    await expect(shelved(film)).rejects.toMatchObject({ code: 'MP4_TRUNCATED' })
  })

  it('with any bytes changed plays or fails with a code', async () => {
    const film = fragmented('dash+frag_keyframe', ' -t 3 -vn')
    const describes = [...boxes(new ByteReader(film))]
      .filter(({ type }) => type !== 'mdat')
      .flatMap(({ at: start, raw }) => Array.from(raw, (_, i) => start + i))
    const change = fc.tuple(fc.constantFrom(...describes), fc.constantFrom(0, 1, 2, 127, 128, 255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(film)
        for (const [where, value] of changes) bytes[where] = value
        try {
          const { shelf, tally } = await shelved(bytes)
          for (const track of shelf.films.timeline.tracks) await shelf.track(track)
          expect(tally.requests).toBeLessThan(1000)
        } catch (error) {
          if (!(error instanceof HeadendError)) throw error
          expect(error.code).toMatch(/^[A-Z0-9]+(_[A-Z0-9]+)+$/)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('of countless fragments is refused before it is read to its end', async () => {
    const head = fragmented('frag_keyframe+empty_moov', ' -t 1')
    const moov = [...boxes(new ByteReader(head))].find(({ type }) => type === 'moov')
    const from = (moov?.at ?? 0) + (moov?.raw.length ?? 0)
    // Media boxes of 20 KB without end: every next one takes a read.
    const stride = 20_000
    const size = from + stride * 40_000
    const tally = { requests: 0, bytes: 0 }
    const endless = {
      name: 'film.mp4',
      size,
      read: async (offset: number, length: number) => {
        const bytes = Buffer.alloc(length)
        bytes.set(head.subarray(offset, Math.min(from, offset + length)))
        const first = from + Math.ceil(Math.max(0, offset - from) / stride) * stride
        for (let box = first; box + 8 <= offset + length; box += stride) {
          bytes.writeUInt32BE(stride, box - offset)
          bytes.write('mdat', box - offset + 4, 'latin1')
        }
        return bytes
      },
    }
    await expect(shelve(counted(endless, tally))).rejects.toMatchObject({ code: 'MP4_FRAGMENTS_MANY' })
    expect(tally.requests).toBeLessThanOrEqual(maxFragmentReads + 1)
  })
})

/** FFmpeg reads them back through their manifests, among every film there is. */
describe('fragments of the corpus', () => {
  const segments = (name: string, init: string, one: RegExp): Uint8Array => {
    const path = corpusFilm(join('cmaf', name))
    const files = readdirSync(path).filter((file) => one.test(file))
    const number = (file: string): number => Number(/(\d+)\.m4s$/.exec(file)?.[1])
    const ordered = [init, ...files.toSorted((a, b) => number(a) - number(b))]
    return Buffer.concat(ordered.map((file) => readFileSync(join(path, file))))
  }
  const one = (name: string) => (): Uint8Array => readFileSync(corpusFilm(name))

  it.skipIf(filmsMissing).for<[name: string, film: () => Uint8Array, early: number]>([
    ['sample_fragmented_seekable', one('fragmented/sample_fragmented_seekable.mp4'), 0],
    ['sample_fragmented', one('fragmented/sample_fragmented.mp4'), 0],
    ['v300_multiple_segments', one('fragmented/v300_multiple_segments.mp4'), 0],
    ['outV300', one('fragmented/outV300.mp4'), 0],
    ['sample_ac3_fragmented', one('mp4/sample_ac3_fragmented.mp4'), 0],
    ['prog_8s_dec_dashinit', one('encrypted/prog_8s_dec_dashinit.mp4'), 0],
    ['cbcsdec', one('encrypted/cbcsdec.mp4'), 10],
    ['fragmented_captions', one('captions/fragmented_captions.mp4'), 0],
    ['CMAF pictures', () => segments('multi-segment', 'video_init.mp4', /^video_\d+\.m4s$/), 0],
    ['CMAF sound', () => segments('multi-segment', 'audio_init.mp4', /^audio_\d+\.m4s$/), 0],
    ['CMAF with captions', () => segments('V300_with_cc1_and_cc3', 'init.mp4', /^\d+\.m4s$/), 0],
  ])('%s come out whole, from 0 on', async ([, film, early]) => {
    const bytes = film()
    const { shelf, tally } = await shelved(bytes)
    await expectPackets(bytes, shelf, { early })
    expect(tally.bytes).toBeLessThanOrEqual(describing(bytes).bytes + 64 * 1024)
  })

  it.skipIf(filmsMissing)('that were encrypted are refused with the reason', async () => {
    await expect(shelve(fileSource(corpusFilm('encrypted/cbcs.mp4')))).rejects.toMatchObject({
      code: 'PACKAGING_NOTHING_PLAYABLE',
      message: expect.stringContaining('expected clear media, got encv'),
    })
  })
})
