/** Broken, cut off and lying files: an error with a code, never a crash, a hang or a silent drop. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { bytesSource, corpusFilm, fileSource, filmsMissing } from './films.ts'
import { makeFilm, mp4a } from './make-film.ts'
import { mediaPath, shelve } from './shelf.ts'

const picture = (i: number) => ({
  size: 300 + i,
  duration: 512,
  sync: i % 12 === 0,
  offset: i % 3 === 1 ? 512 : 0,
})
const frame = (i: number) => ({ size: 40 + (i % 9), duration: 1024 })
const film = (moovFirst: boolean): Uint8Array =>
  makeFilm(
    [
      { type: 'video', timescale: 12_800, samples: Array.from({ length: 200 }, (_, i) => picture(i)) },
      {
        type: 'audio',
        timescale: 48_000,
        samples: Array.from({ length: 370 }, (_, i) => frame(i)),
        edits: [{ duration: 0, mediaTime: 1024, rate: 0x10000 }],
      },
    ],
    { moovFirst },
  )

/** Everything ingest and the packager do with a file. */
async function everything(bytes: Uint8Array): Promise<string> {
  try {
    const shelf = await shelve(bytesSource(bytes))
    for (const track of shelf.films.timeline.tracks)
      for (const { number, cut, bytes: length } of track.segments) {
        const { status, bytes: got } = await shelf.get(
          mediaPath(shelf.films, track.id, `${number}.${cut}.m4s`),
        )
        expect([status, got.length]).toEqual([200, length])
      }
    return 'plays'
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    expect(error.code).toMatch(/^[A-Z0-9]+(_[A-Z0-9]+)+$/)
    return error.code
  }
}

describe('a broken film', () => {
  const whole = film(true)
  const moovAtEnd = film(false)

  it('with any bytes changed plays or fails with a code', async () => {
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.constantFrom(0, 1, 127, 128, 255))
    const inMoov = fc.tuple(fc.nat({ max: 9000 }), fc.constantFrom(0, 1, 127, 128, 255))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(change, inMoov), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(whole)
          for (const [at, value] of changes) bytes[Math.min(at, bytes.length - 1)] = value
          await everything(bytes)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('cut off anywhere says that it was cut off', async () => {
    for (const bytes of [whole, moovAtEnd])
      for (let length = 48; length < bytes.length; length += 977)
        expect(await everything(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toMatch(
          /^MP4_(TRUNCATED|MOOV_MISSING)$/,
        )
  })

  it.each([
    ['nothing', new Uint8Array(0), 'MP4_EMPTY'],
    ['a transport stream of nothing', new Uint8Array(1880).fill(0x47), 'PACKAGING_NOTHING_PLAYABLE'],
    ['text', Buffer.from('this is not a film at all'), 'MP4_NOT_MP4'],
    ['only ftyp', whole.subarray(0, 24), 'MP4_MOOV_MISSING'],
  ])('%s', async (_name, bytes, code) => {
    expect(await everything(bytes)).toBe(code)
  })

  it('whose pictures begin weeks after its sound is refused, for it would play without them', async () => {
    const late = makeFilm([
      { type: 'video', timescale: 1000, samples: [{ size: 9, duration: 40, offset: 2_000_000_000 }] },
      { type: 'audio', timescale: 48_000, samples: [frame(0), frame(1)] },
    ])
    expect(await everything(late)).toBe('PACKAGING_PICTURES_LOST')
  })

  it('of endless small boxes is given up after 64 KB', async () => {
    const free = Buffer.alloc(4 * 2 ** 20)
    for (let at = 0; at < free.length; at += 2000) {
      free.writeUInt32BE(2000, at)
      free.write('free', at + 4, 'latin1')
    }
    let read = 0
    const source = bytesSource(free)
    const counting = {
      ...source,
      read: (offset: number, length: number) => {
        read += length
        return source.read(offset, length)
      },
    }
    await expect(shelve(counting)).rejects.toMatchObject({ code: 'MP4_BOXES_MANY' })
    expect(read).toBeLessThanOrEqual(64 * 1024)
  })
})

/** The AAC sample entry under another name. */
function renamed(four: string): Uint8Array {
  const entry = Buffer.from(mp4a)
  entry.write(four, 4, 'latin1')
  return entry
}

describe('a track that can not be delivered', () => {
  const sound = {
    type: 'audio' as const,
    timescale: 48_000,
    samples: Array.from({ length: 50 }, (_, i) => frame(i)),
  }

  it.each([
    ['a codec nobody here knows', { entry: renamed('dtsc') }, 'MP4_CODEC_UNSUPPORTED', 'dtsc'],
    ['what is encrypted', { entry: renamed('enca') }, 'MP4_TRACK_ENCRYPTED', 'enca'],
    ['a time code', { handler: 'tmcd' }, 'MP4_HANDLER_UNSUPPORTED', 'mp4a'],
    ['no samples', { samples: [] }, 'MP4_TRACK_EMPTY', 'mp4a'],
    [
      'two stretches of media',
      {
        edits: [
          { duration: 100, mediaTime: 0, rate: 0x10000 },
          { duration: 100, mediaTime: 20_000, rate: 0x10000 },
        ],
      },
      'MP4_EDITS_SEVERAL',
      'mp4a',
    ],
    ['slow motion', { edits: [{ duration: 100, mediaTime: 0, rate: 0x8000 }] }, 'MP4_EDIT_RATE', 'mp4a'],
  ])('%s is named with its reason, and the rest plays', async (_name, change, code, codec) => {
    const { films } = await shelve(bytesSource(makeFilm([sound, { ...sound, ...change }])))
    expect(films.timeline.tracks.map(({ id }) => id)).toEqual(['audio-1'])
    expect(films.skipped).toEqual([
      expect.objectContaining({
        file: 'film.mp4',
        trackId: 2,
        code,
        codec,
        reason: expect.stringMatching(/expected .*, got /),
      }),
    ])
  })

  it('the only one makes the film fail, with the reason', async () => {
    await expect(shelve(bytesSource(makeFilm([{ ...sound, entry: renamed('dtsc') }])))).rejects.toMatchObject(
      {
        code: 'PACKAGING_NOTHING_PLAYABLE',
        message: expect.stringContaining('got dtsc'),
      },
    )
  })
})

describe('films of the corpus that', () => {
  it.skipIf(filmsMissing).each([
    ['broken/init_truncated.mp4', 'MP4_TRUNCATED'],
    ['broken/no_timescale.mp4', 'MP4_BOX_MISSING'],
    ['broken/sample_malformed_free_box.mp4', 'MP4_BOX_SIZE'],
    ['encrypted/cbcs.mp4', 'PACKAGING_NOTHING_PLAYABLE'],
  ])('%s fails with %s', async (name, code) => {
    await expect(shelve(fileSource(corpusFilm(name)))).rejects.toMatchObject({ code })
  })

  it.skipIf(filmsMissing)('has a track without a description plays without it', async () => {
    const { films } = await shelve(fileSource(corpusFilm('broken/sample_missing_stsd.mp4')))
    expect(films.timeline.tracks.map(({ id }) => id)).toEqual(['video-1', 'video-1-trick'])
    expect(films.skipped).toHaveLength(1)
  })
})
