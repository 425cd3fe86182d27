/** Films of which a track is left out, each by the code that says why. */
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../lib/errors.ts'
import type { Edit } from '../../../lib/formats/isobmff/elst.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { writeSegmentHead } from '../../../lib/formats/isobmff/segment.ts'
import { editedSamples } from '../../../lib/packaging/indexing/edited-samples.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { indexTrack } from '../../../lib/packaging/indexing/index-track.ts'
import { findMoov } from '../../../lib/packaging/reading/find-moov.ts'
import { checkOrder } from '../../../lib/packaging/reading/fragment-tables.ts'
import { fragmentsOf } from '../../../lib/packaging/reading/fragments.ts'
import { FileBudget } from '../../../lib/packaging/reading/sample-budget.ts'
import type { Source } from '../../../lib/packaging/reading/source.ts'
import { readSourceFile } from '../../../lib/packaging/reading/source-track.ts'
import { parsePlacement } from '../../../lib/packaging/storage/stored-placement.ts'
import { bytesSource } from '../films/films.ts'
import { avc1, type MadeSample, type MadeTrack, makeFilm, mp4a } from '../films/make-film.ts'
import { boxOf, editBoxes, tableOf } from './edit-boxes.ts'

const timescale = 12_800
const otherCodec = Buffer.concat([avc1.subarray(0, 4), Buffer.from('avc3'), avc1.subarray(8)])
const otherLevel = Buffer.from(avc1).fill(0x29, avc1.indexOf('avcC') + 7, avc1.indexOf('avcC') + 8)

/** Ten seconds of pictures. */
const pictures = (change: (sample: MadeSample, i: number) => MadeSample, more: Partial<MadeTrack> = {}) => ({
  type: 'video' as const,
  timescale,
  samples: Array.from({ length: 250 }, (_, i) =>
    change({ size: 300 + (i % 90), duration: 512, sync: i % 25 === 0 }, i),
  ),
  ...more,
})
const asTheyAre = (sample: MadeSample) => sample
const sound: MadeTrack = {
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 468 }, () => ({ size: 100, duration: 1024 })),
  entries: [mp4a],
}
const edit = (more: Partial<Edit>): Edit[] => [{ duration: 0, mediaTime: 0, rate: 0x10000, ...more }]

/** A film that is longer than the bytes that are there: the rest is zeros. */
const padded = (bytes: Uint8Array, size: number): Source => ({
  name: 'film.mp4',
  size,
  read: async (offset, length) => {
    const whole = new Uint8Array(Math.min(length, size - offset))
    whole.set(bytes.subarray(offset, offset + length))
    return whole
  },
})

/** A box of its type and content with its size in front. */
const sized = (rest: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(4 + rest.length)
  return Buffer.concat([size, rest])
}

/** The codes of the tracks that are left out, where any may be. */
async function leftOut(source: Source): Promise<readonly string[]> {
  const { skipped } = await indexAsset({
    timelineId: 'vod/film',
    version: '1',
    files: [{ object: { bucket: 'upload', key: 'film.mp4' }, source }],
    optional: ['video', 'audio'],
  })
  return skipped.map(({ code }) => code)
}

const whole = makeFilm([pictures(asTheyAre), sound])

const films: readonly (readonly [ErrorCode, string, () => Uint8Array | Source])[] = [
  [
    'MP4_DESCRIPTIONS_SEVERAL',
    'pictures that change their codec',
    () =>
      makeFilm([
        pictures((one, i) => ({ ...one, description: i < 100 ? 1 : 2 }), { entries: [avc1, otherCodec] }),
        sound,
      ]),
  ],
  [
    'MP4_DESCRIPTION_CHANGE',
    'a level that changes where no key frame is',
    () =>
      makeFilm([
        pictures((one, i) => ({ ...one, description: i < 110 ? 1 : 2 }), { entries: [avc1, otherLevel] }),
        sound,
      ]),
  ],
  [
    'MP4_ENTRY_MISSING',
    'samples of an entry that is not there',
    () => makeFilm([pictures((one) => ({ ...one, description: 3 }), { entries: [avc1, otherLevel] }), sound]),
  ],
  [
    'MP4_TIMES_ABSURD',
    'a sample of 46 hours',
    () => makeFilm([pictures((one, i) => (i === 100 ? { ...one, duration: 0x7fffffff } : one)), sound]),
  ],
  [
    'MP4_DURATION',
    'five weeks of pictures',
    () =>
      makeFilm([
        {
          ...pictures(asTheyAre),
          timescale: 1,
          samples: Array.from({ length: 850 }, () => ({ size: 9, duration: 3600, sync: true })),
        },
        sound,
      ]),
  ],
  [
    'MP4_EDIT_EMPTY',
    'an edit behind the last picture',
    () =>
      makeFilm([pictures(asTheyAre, { edits: edit({ duration: 1000, mediaTime: 20 * timescale }) }), sound]),
  ],
  [
    'MP4_MEDIA_ELSEWHERE',
    'media in another file',
    () => {
      let track = 0
      return editBoxes(whole, (_, path) => {
        if (path !== 'moov/trak/mdia/minf/dinf' || ++track > 1) return undefined
        const place = Buffer.from('url \0\0\0\0film.mov\0', 'latin1')
        return boxOf('dinf', boxOf('dref', Buffer.from('0000000000000001', 'hex'), sized(place)))
      })
    },
  ],
  [
    'MP4_TRACK_TWICE',
    'two tracks of one id',
    () =>
      editBoxes(whole, (box, path) => {
        if (path !== 'moov/trak/tkhd') return undefined
        const tkhd = Buffer.from(box.raw)
        tkhd.writeUInt32BE(1, 20)
        return tkhd
      }),
  ],
  [
    'PACKAGING_SEGMENT_LARGE',
    '150 MB between two key frames',
    () => {
      const large = editBoxes(whole, (box, path) => {
        const isOfPictures = Buffer.from(box.raw).readUInt32BE(16) === 250
        if (path !== 'moov/trak/mdia/minf/stbl/stsz' || !isOfPictures) return undefined
        return tableOf('stsz', 6 * 2 ** 20, 250)
      })
      return padded(large, 2 ** 31)
    },
  ],
]

describe('a track is left out', () => {
  it.each(films)('%s: %s', async (code, _, made) => {
    const film = made()
    expect(await leftOut(film instanceof Uint8Array ? bytesSource(film) : film)).toContain(code)
  })
})

describe('is refused', () => {
  it('MP4_SAMPLES_OVERLAP: tracks that claim the same bytes three times', () => {
    const budget = new FileBudget(1000)
    budget.takeBytes(Uint32Array.of(900), 'track 1')
    budget.takeBytes(Uint32Array.of(900), 'track 2')
    expect(() => budget.takeBytes(Uint32Array.of(900), 'track 3')).toThrow(
      expect.objectContaining({ code: 'MP4_SAMPLES_OVERLAP' }),
    )
  })

  it('MP4_EDIT_RANGE: an edit and an offset that are more than 32 bits together', async () => {
    const source = bytesSource(
      makeFilm([
        pictures((one, i) => ({ ...one, duration: 80_000_000, offset: -2, sync: i === 0 }), {
          timescale: 2 ** 31 - 1,
          edits: edit({ mediaTime: 2 ** 31 - 1 }),
        }),
      ]),
    )
    const [track] = readSourceFile(readMoov(await findMoov(source)), source).tracks
    if (!track) throw new Error('pictures go in')
    const cuts = [
      { sample: 0, start: 0 },
      { sample: 250, start: 10 * track.timescale },
    ]
    expect(() => indexTrack(track, editedSamples(track), { cuts, trackId: 1 })).toThrow(
      expect.objectContaining({ code: 'MP4_EDIT_RANGE' }),
    )
  })

  it('MP4_MOOF_LARGE: a description of a fragment of 33 MB', async () => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(33 * 2 ** 20)
    head.write('moof', 4)
    const all = fragmentsOf(padded(head, 64 * 2 ** 20), 0)
    await expect(all.next()).rejects.toMatchObject({ code: 'MP4_MOOF_LARGE' })
  })

  it('MP4_FRAGMENT_ORDER: fragments that go back in time', () => {
    const table = { count: 3, decodeTimes: Float64Array.of(0, 512, 100, 612) }
    expect(() => checkOrder(table as never, 1)).toThrow(
      expect.objectContaining({ code: 'MP4_FRAGMENT_ORDER' }),
    )
  })

  it('PLACEMENT_FORMAT: a placement of tomorrow', () => {
    const text = JSON.stringify({ format: 'headend-placement/2' })
    expect(() => parsePlacement(Buffer.from(text), 'placement.json')).toThrow(
      expect.objectContaining({ code: 'PLACEMENT_FORMAT', status: 500 }),
    )
  })

  it('MP4_SEGMENT_LENGTH: a segment with fewer IVs than samples', () => {
    const fragment = {
      sequence: 1,
      trackId: 1,
      decodeTime: 0,
      sizes: Uint32Array.of(10, 10),
      durations: Uint32Array.of(1, 1),
      encryption: { ivs: new Uint8Array(16) },
    }
    expect(() => writeSegmentHead(fragment)).toThrow(
      expect.objectContaining({ code: 'MP4_SEGMENT_LENGTH', status: 500 }),
    )
  })
})
