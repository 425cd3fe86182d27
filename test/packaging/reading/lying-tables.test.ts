/** Tables that are wrong in what nobody needs of them: the film plays, or fails as a whole. */
import { describe, expect, it } from 'vitest'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { away, put, rebox } from '../../judges/media/rebox.ts'
import { bytesSource } from '../films/films.ts'
import { type MadeTrack, makeFilm, mp4a } from '../films/make-film.ts'
import { shelve } from '../films/shelf.ts'
import { samplesOf } from '../segments/delivered-samples.ts'
import { boxOf, editBoxes, tableOf } from './edit-boxes.ts'

const pictures: MadeTrack = {
  type: 'video',
  timescale: 1000,
  samples: Array.from({ length: 500 }, (_, i) => ({ size: 90 + (i % 7), duration: 40, sync: i % 50 === 0 })),
}
const sound: MadeTrack = {
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 938 }, (_, i) => ({ size: 40 + (i % 9), duration: 1024 })),
}
const film = makeFilm([pictures, sound])
const loud = makeFilm([sound])
const stbl = 'moov/trak/mdia/minf/stbl'
const dref = 'moov/trak/mdia/minf/dinf/dref'

const lengths = async (bytes: Uint8Array): Promise<readonly (readonly [string, number])[]> => {
  const { films } = await shelve(bytesSource(bytes))
  return films.timeline.tracks
    .filter(({ trickOf }) => !trickOf)
    .map(({ id, segments }) => [id, segments.length] as const)
}

describe('media is in this file where', () => {
  const reference = (type: string, flags: number, location: string) =>
    rebox(film, dref, () =>
      Buffer.concat([
        Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
        boxOf(type, Buffer.from([0, 0, 0, flags]), Buffer.from(location)),
      ]),
    )

  it.each([
    ['the flag is missing and no location is there', reference('url ', 0, '')],
    ['the location is the empty string', reference('url ', 0, '\0')],
    ['other flags are set and no location is there', reference('url ', 2, '')],
    ['an alias says so', reference('alis', 1, '')],
    ['the sample entry names a reference that is not there', rebox(film, `${stbl}/stsd/avc1`, put(6, 7, 2))],
    ['there are no references', rebox(film, 'moov/trak/mdia/minf/dinf', away)],
  ])('%s', async (_name, bytes) => {
    expect(await lengths(bytes)).toEqual([
      ['video-1', 4],
      ['audio-1', 4],
    ])
  })

  it.each([
    ['url ', 'http://elsewhere.example/film.mov\0'],
    ['urn ', 'urn:film\0file:///film.mov\0'],
    ['alis', '\0\0\0\0an alias of some bytes'],
  ])('and not where %s leads elsewhere', async (type, location) => {
    await expect(lengths(reference(type, 0, location))).rejects.toMatchObject({
      code: 'PACKAGING_PICTURES_LOST',
      message: expect.stringContaining('in this file'),
    })
  })
})

describe('sync samples', () => {
  it('of sound are all of them, whatever a table says', async () => {
    for (const stss of [tableOf('stss', 0), tableOf('stss', 1, 1), tableOf('stss', 2, 1, 900)])
      expect(await lengths(rebox(loud, stbl, (tables) => Buffer.concat([tables, stss])))).toEqual([
        ['audio-1', 3],
      ])
  })

  it('named 0 or beyond the last name nothing', async () => {
    const numbers = [0, 1, 51, 101, 151, 201, 251, 301, 351, 401, 451, 501, 0xffffffff]
    const bytes = rebox(film, `${stbl}/stss`, () => tableOf('stss', numbers.length, ...numbers).subarray(8))
    expect(await lengths(bytes)).toEqual(await lengths(film))
  })
})

describe('counts that disagree by a few', () => {
  const shorter = (type: string, entry: number, less: number, counted = less) =>
    rebox(film, `${stbl}/${type}`, (payload) => {
      const at = type === 'stsz' ? 8 : 4
      payload.writeUInt32BE(payload.readUInt32BE(at) - counted, at)
      return payload.subarray(0, payload.length - entry * less)
    })

  it.each([
    ['sizes for three samples less', shorter('stsz', 4, 3), 497, []],
    ['sizes for three samples less than are counted', shorter('stsz', 4, 3, 0), 497, []],
    [
      'two chunks less',
      shorter('stco', 4, 2),
      490,
      ['stbl: expected chunks for 500 samples, got chunks for 490'],
    ],
    [
      'a chunk less than is counted',
      shorter('stco', 4, 1, 0),
      495,
      ['stbl: expected chunks for 500 samples'],
    ],
    ['one sync sample more than there is', shorter('stss', 4, 0, -1), 500, []],
    [
      'times for two more samples than there are',
      shorter('stts', 8, 2, 0),
      500,
      ['stts: expected times of 500'],
    ],
  ])('%s: the film plays', async (_name, bytes, count, reasons) => {
    const shelf = await shelve(bytesSource(bytes))
    const { films } = shelf
    const [first] = films.timeline.tracks
    if (!first) throw new Error('a film has tracks')
    expect(samplesOf(await shelf.track(first))).toHaveLength(count)
    expect(films.warnings.map(({ reason }) => reason)).toEqual(
      reasons.map((reason) => expect.stringContaining(reason)),
    )
  })

  it('by many: the film fails', async () => {
    await expect(lengths(shorter('stco', 4, 20))).rejects.toMatchObject({
      message: expect.stringContaining('got chunks for 400'),
    })
  })
})

describe('what stands behind the last box', () => {
  it.each([
    ['text', Buffer.from('written by a camera')],
    ['ones', Buffer.alloc(3000, 0xff)],
    ['the start of a box', Buffer.from([0, 0, 0x10, 0, ...Buffer.from('mdat')])],
    ['a word', Buffer.from('end')],
  ])('counts for nothing: %s', async (_name, junk) => {
    for (const moovFirst of [true, false]) {
      const whole = makeFilm([pictures, sound], { moovFirst })
      const { films } = await shelve(bytesSource(Buffer.concat([whole, junk])))
      expect(films.timeline).toEqual((await shelve(bytesSource(whole))).films.timeline)
      expect(films.warnings).toEqual([])
    }
  })
})

describe('a film is never shown without', () => {
  const broken = (at: Uint8Array, path: string) => rebox(at, path, () => Buffer.alloc(3))
  const order = (bytes: Uint8Array, optional?: readonly ('video' | 'audio')[]) =>
    indexAsset({
      timelineId: 'vod/film',
      version: '1',
      files: [{ object: { bucket: 'upload', key: 'film.mp4' }, source: bytesSource(bytes) }],
      ...(optional && { optional }),
    })
  const silent = broken(makeFilm([sound, pictures]), `${stbl}/stts`)

  it('its pictures', async () => {
    await expect(order(broken(film, `${stbl}/stts`))).rejects.toMatchObject({
      code: 'PACKAGING_PICTURES_LOST',
      message: expect.stringMatching(/film\.mp4: stts: .*"pictures": "optional" in asset\.json/),
    })
  })

  it('its sound, unless that is said', async () => {
    await expect(order(silent)).rejects.toMatchObject({ code: 'PACKAGING_SOUND_LOST' })
    const { timeline, skipped } = await order(silent, ['audio'])
    expect(timeline.tracks.map(({ id }) => id)).toEqual(['video-1', 'video-1-trick'])
    expect(skipped).toMatchObject([{ trackId: 1, type: 'audio', codec: 'mp4a', code: 'MP4_BOX_TRUNCATED' }])
  })

  const coded = (track: MadeTrack, four: string): MadeTrack => {
    const entry = Buffer.from(mp4a)
    entry.write(four, 4, 'latin1')
    return { ...track, entry }
  }
  const cover = coded({ ...pictures, samples: pictures.samples.slice(0, 1) }, 'jpeg')

  it.each(['apch', 'mp4v', 'jpeg', 'png ', 'mjpa'])('pictures nobody here can decode: %s', async (four) => {
    await expect(order(makeFilm([sound, coded(pictures, four)]))).rejects.toMatchObject({
      code: 'PACKAGING_PICTURES_LOST',
      message: expect.stringMatching(/; encode them as H\.264 or HEVC; or let it play without/),
    })
  })

  it('but for a cover, which is one picture', async () => {
    const { timeline } = await order(makeFilm([sound, cover]))
    expect(timeline.tracks.map(({ id }) => id)).toEqual(['audio-1'])
  })

  it('or pictures of chapters, which are named as such', async () => {
    const chap = Buffer.alloc(12)
    chap.writeUInt32BE(12)
    chap.write('chap', 4, 'latin1')
    chap.writeUInt32BE(2, 8)
    let track = 0
    const named = editBoxes(makeFilm([sound, coded(pictures, 'jpeg')]), ({ raw }, path) =>
      path === 'moov/trak' && track++ === 0 ? boxOf('trak', boxOf('tref', chap), raw.subarray(8)) : undefined,
    )
    const { timeline } = await order(named)
    expect(timeline.tracks.map(({ id }) => id)).toEqual(['audio-1'])
  })

  it.each(['enca', 'drms'])('sound that is encrypted: %s', async (four) => {
    await expect(order(makeFilm([pictures, coded(sound, four)]))).rejects.toMatchObject({
      code: 'PACKAGING_SOUND_LOST',
      message: expect.stringContaining('upload it clear'),
    })
  })
})
