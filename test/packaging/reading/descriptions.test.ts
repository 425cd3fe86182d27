/** Films whose samples change their description, and what an edit list leaves of a film. */
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../lib/formats/isobmff/elst.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { bytesSource } from '../films/films.ts'
import { avc1, type MadeSample, type MadeTrack, makeFilm, mp4a } from '../films/make-film.ts'
import { mediaPath, type Shelf, shelve } from '../films/shelf.ts'

const pictureTicks = 12_800
const soundTicks = 48_000

/** Another level, another bit rate: one byte tells the entries apart. */
const otherAvc = Buffer.from(avc1).fill(0x29, avc1.indexOf('avcC') + 7, avc1.indexOf('avcC') + 8)
const otherMp4a = Buffer.concat([mp4a.subarray(0, -1), Buffer.from([0x86])])
const hvc1 = Buffer.concat([avc1.subarray(0, 4), Buffer.from('avc3'), avc1.subarray(8)])

/** Seconds of pictures with a key frame each; `description` by second. */
const pictures = (
  seconds: number,
  description: (second: number) => number,
  more: Partial<MadeTrack> = {},
): MadeTrack => ({
  type: 'video',
  timescale: pictureTicks,
  samples: Array.from(
    { length: seconds * 25 },
    (_, i): MadeSample => ({
      size: 400 + (i % 90),
      duration: 512,
      sync: i % 25 === 0,
      description: description(Math.floor(i / 25)),
    }),
  ),
  entries: [avc1, otherAvc],
  ...more,
})

const sound = (
  seconds: number,
  description: (second: number) => number = () => 1,
  more: Partial<MadeTrack> = {},
): MadeTrack => ({
  type: 'audio',
  timescale: soundTicks,
  samples: Array.from(
    { length: Math.round((seconds * soundTicks) / 1024) },
    (_, i): MadeSample => ({
      size: 100 + (i % 50),
      duration: 1024,
      description: description((i * 1024) / soundTicks),
    }),
  ),
  entries: [mp4a, otherMp4a],
  ...more,
})

const shelved = (...tracks: readonly MadeTrack[]): Promise<Shelf> =>
  shelve(bytesSource(Uint8Array.from(makeFilm(tracks))))
const seconds = ({ segments, timescale }: Track): number[] => segments.map(({ start }) => start / timescale)
const breaks = ({ segments }: Track): boolean[] => segments.map(({ discontinuity }) => discontinuity)

describe('a sample description that changes', () => {
  it('is a cut, a new init segment and a discontinuity of all tracks', async () => {
    const shelf = await shelved(
      pictures(20, (second) => (second < 8 ? 1 : 2)),
      sound(20),
    )
    expect(shelf.films.skipped).toEqual([])
    const [picture, heard] = shelf.films.timeline.tracks
    if (!picture || !heard) throw new Error('two tracks go in')
    expect(seconds(picture)).toContain(8)
    expect(picture.segments.map(({ configId }) => configId)).toEqual(
      seconds(picture).map((at) => (at < 8 ? '1' : '2')),
    )
    expect(breaks(picture)).toEqual(seconds(picture).map((at) => at === 8))
    expect(breaks(heard)).toEqual(seconds(heard).map((at) => Math.abs(at - 8) < 0.02))
    expect(new Set(heard.segments.map(({ configId }) => configId))).toEqual(new Set(['1']))
    const [one, two] = await Promise.all(
      ['i-1.mp4', 'i-2.mp4'].map((file) => shelf.get(mediaPath(shelf.films, picture.id, file))),
    )
    expect(Buffer.from(one?.bytes ?? []).includes(avc1.subarray(-60, -40))).toBe(true)
    expect(Buffer.compare(one?.bytes ?? new Uint8Array(), two?.bytes ?? new Uint8Array())).not.toBe(0)
  })

  it('and changes back names the init segment it had', async () => {
    const shelf = await shelved(pictures(24, (second) => (second < 8 || second >= 16 ? 1 : 2)))
    const [picture] = shelf.films.timeline.tracks
    expect(picture?.configs.map(({ id }) => id)).toEqual(['1', '2'])
    expect(
      picture &&
        new Set(picture.segments.map(({ configId, discontinuity }) => `${configId} ${discontinuity}`)),
    ).toEqual(new Set(['1 false', '2 true', '2 false', '1 true']))
  })

  it('in words alone changes nothing', async () => {
    const shelf = await shelved(pictures(20, (second) => (second < 8 ? 1 : 2), { entries: [avc1, avc1] }))
    const [picture] = shelf.films.timeline.tracks
    expect(picture?.configs).toHaveLength(1)
    expect(picture && breaks(picture)).not.toContain(true)
  })

  it('where it is hidden by the edit list changes nothing', async () => {
    const edits: Edit[] = [{ duration: 8000, mediaTime: 0, rate: 0x10000 }]
    const shelf = await shelved(pictures(20, (second) => (second < 8 ? 1 : 2), { edits }))
    const [picture] = shelf.films.timeline.tracks
    expect(picture?.configs).toHaveLength(1)
    expect(picture && seconds(picture).at(-1)).toBeLessThan(8)
    expect(shelf.films.skipped).toMatchObject([{ code: 'PACKAGING_MEDIA_HIDDEN' }])
  })

  it('where no key frame is, is refused', async () => {
    const film = pictures(20, () => 1)
    const samples = film.samples.map((sample, i) => ({ ...sample, description: i < 210 ? 1 : 2 }))
    await expectLost(
      shelved({ ...film, samples }, sound(20)),
      'PICTURES',
      'a key frame where the sample description',
    )
  })

  it('into another codec is refused', async () => {
    const film = pictures(20, (second) => (second < 8 ? 1 : 2), { entries: [avc1, hvc1] })
    await expectLost(shelved(film, sound(20)), 'PICTURES', 'expected one codec throughout')
  })

  it('of sound is cut where it is, and the pictures with it', async () => {
    const shelf = await shelved(
      pictures(20, () => 1),
      sound(20, (second) => (second < 9 ? 1 : 2)),
    )
    expect(shelf.films.skipped).toEqual([])
    const [picture, heard] = shelf.films.timeline.tracks
    if (!picture || !heard) throw new Error('two tracks go in')
    expect(heard.configs).toHaveLength(2)
    const at = seconds(heard).findIndex((second) => Math.abs(second - 9) < 0.03)
    expect(heard.segments.map(({ configId }) => configId)).toEqual(
      seconds(heard).map((_, i) => (i < at ? '1' : '2')),
    )
    expect(breaks(heard).indexOf(true)).toBe(at)
    expect(seconds(picture)[breaks(picture).indexOf(true)]).toBe(9)
  })

  it('of sound between key frames is refused, and without pictures it is cut', async () => {
    const change = (second: number) => (second < 9.5 ? 1 : 2)
    const both = shelved(
      pictures(20, () => 1),
      sound(20, change),
    )
    await expectLost(both, 'SOUND', 'track 2: expected its description to change where')
    const alone = await shelved(sound(20, change))
    expect(alone.films.skipped).toEqual([])
    expect(alone.films.timeline.tracks[0]?.configs).toHaveLength(2)
  })

  it('that only one of two renditions has is refused of the smaller one', async () => {
    const changing = makeFilm([pictures(20, (second) => (second < 8 ? 1 : 2))])
    const plain = makeFilm([
      pictures(20, () => 1, { samples: pictures(20, () => 1).samples.filter((_, i) => i < 200) }),
    ])
    const shelf = await shelve(
      bytesSource(Uint8Array.from(changing), 'a.mp4'),
      bytesSource(Uint8Array.from(plain), 'b.mp4'),
    )
    expect(shelf.films.skipped).toMatchObject([{ code: 'PACKAGING_LADDER_UNALIGNED' }])
  })
})

describe('an edit list', () => {
  const edit = (duration: number, mediaTime: number): Edit[] => [{ duration, mediaTime, rate: 0x10000 }]

  it('that hides most of a film is said to', async () => {
    const shelf = await shelved(
      pictures(20, () => 1, { edits: edit(6000, 7 * pictureTicks) }),
      sound(20, () => 1, { edits: edit(6000, 7 * soundTicks) }),
    )
    expect(shelf.films.skipped).toMatchObject([
      {
        trackId: 1,
        code: 'PACKAGING_MEDIA_HIDDEN',
        reason: expect.stringMatching(/: 14\.000 s of media/),
      },
      { trackId: 2, code: 'PACKAGING_MEDIA_HIDDEN' },
    ])
    expect(shelf.films.durationSeconds).toBeCloseTo(6, 1)
  })

  it('behind the end shows nothing, which nobody meant', async () => {
    const film = shelved(
      pictures(8, () => 1),
      sound(8, () => 1, { edits: edit(1000, 100 * soundTicks) }),
    )
    await expectLost(film, 'SOUND', 'got one that shows none')
  })

  it('of no length shows nearly nothing, which is said', async () => {
    const shelf = await shelved(
      pictures(8, () => 1),
      sound(8, () => 1, { edits: edit(1, 0) }),
    )
    for (const { segments } of shelf.films.timeline.tracks)
      for (const { duration } of segments) expect(duration).toBeGreaterThan(0)
    expect(shelf.films.skipped).toMatchObject([{ code: 'PACKAGING_MEDIA_HIDDEN' }])
  })

  it('of two runs of media is refused with what to do', async () => {
    const edits = [...edit(2000, 0), ...edit(2000, 10 * pictureTicks)]
    const film = shelved(
      pictures(20, () => 1, { edits }),
      sound(20),
    )
    await expectLost(film, 'PICTURES', 'flatten the film')
  })
})

async function expectLost(film: Promise<Shelf>, kind: 'PICTURES' | 'SOUND', reason: string): Promise<void> {
  await expect(film).rejects.toMatchObject({
    code: `PACKAGING_${kind}_LOST`,
    message: expect.stringContaining(reason),
  })
}

/** xHE-AAC: its frames may need those before them. */
const xhe = Buffer.from(mp4a.toString('hex').replace('119056e500', 'f946432220'), 'hex')

describe('sound with sync samples', () => {
  it('is cut at those alone', async () => {
    const film = sound(20, () => 1, { entries: [xhe] })
    const samples = film.samples.map((sample, i) => ({ ...sample, sync: i % 40 === 0 }))
    const shelf = await shelved(
      pictures(20, () => 1),
      { ...film, samples },
    )
    const [, heard] = shelf.films.timeline.tracks
    if (!heard) throw new Error('sound goes in')
    expect(heard.segments.length).toBeGreaterThan(2)
    for (const { start, sync } of heard.segments) expect([start % (40 * 1024), sync]).toEqual([0, true])
  })
})
