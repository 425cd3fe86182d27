/** What a timeline says of pictures and sound beside their codec's name: of films made to order, through ingest. */
import { describe, expect, it } from 'vitest'
import type { VideoCodec } from '../../../lib/formats/isobmff/codec.ts'
import { unityMatrix } from '../../../lib/formats/isobmff/mvhd.ts'
import { videoFacts } from '../../../lib/packaging/indexing/track-config.ts'
import { box, entryOf } from '../../formats/sample-entry.ts'
import { entryOf as soundEntry } from '../../formats/sound-entry.ts'
import { rebox } from '../../judges/media/rebox.ts'
import { bytesSource } from '../films/films.ts'
import { avc1, type MadeTrack, makeFilm } from '../films/make-film.ts'
import { mediaPath, shelve } from '../films/shelf.ts'

const samples = (durations: readonly number[]) =>
  durations.map((duration, i) => ({ size: 40 + i, duration, sync: i % 10 === 0 }))
const steady = samples(Array.from({ length: 60 }, () => 40))

async function ingested(track: Partial<MadeTrack>) {
  const shelf = await shelve(
    bytesSource(makeFilm([{ type: 'video', timescale: 1000, samples: steady, ...track }])),
  )
  const [first] = shelf.films.timeline.tracks
  const { bytes } = await shelf.get(mediaPath(shelf.films, first?.id ?? '', 'i-1.mp4'))
  return { config: first?.configs[0], brands: Buffer.from(bytes.subarray(16, 64)).toString('latin1') }
}

describe('the size pictures are shown in', () => {
  const fixed = 0x10000
  const entry = rebox(avc1, 'avc1/pasp', () => Buffer.from([0, 0, 0, 40, 0, 0, 0, 33]))
  const [exact, height] = [Math.round((1280 * fixed * 40) / 33), 720 * fixed]

  it.each([
    ['with its fraction, as the file has it', [exact, height], [exact, height]],
    ['with the fraction the file rounded off', [1551 * fixed, height], [exact, height]],
    ['by the pixels, where the file has none', [0, 0], [exact, height]],
    [
      'as the file has it, where that is another',
      [640 * fixed + 7, 480 * fixed],
      [640 * fixed + 7, 480 * fixed],
    ],
    ['as the file has it, in whole pixels', [1280 * fixed, height], [1280 * fixed, height]],
  ])('stands in the init segment: %s', async (_name, [width = 0, lines = 0], expected) => {
    const film = makeFilm([{ type: 'video', timescale: 1000, samples: steady, entry }])
    const changed = rebox(film, 'moov/trak/tkhd', (payload) => {
      payload.writeUInt32BE(width, payload.length - 8)
      payload.writeUInt32BE(lines, payload.length - 4)
      return payload
    })
    const shelf = await shelve(bytesSource(changed))
    const { bytes } = await shelf.get(mediaPath(shelf.films, 'video-1', 'i-1.mp4'))
    const tkhd = Buffer.from(bytes).subarray(Buffer.from(bytes).indexOf('tkhd') + 4)
    expect([tkhd.readUInt32BE(76), tkhd.readUInt32BE(80)]).toEqual(expected)
  })
})

describe('pictures', () => {
  const turn = 0x10000
  const codec = { width: 1440, height: 1080, pixelAspect: [4, 3], range: 'SDR' } as unknown as VideoCodec

  it.each([
    ['as they are', unityMatrix, [1440, 1080, 4, 3]],
    ['on their head', [-turn, 0, 0, 0, -turn, 0, 0, 0, 0x40000000], [1440, 1080, 4, 3]],
    ['turned to the right', [0, turn, 0, -turn, 0, 0, 0, 0, 0x40000000], [1080, 1440, 3, 4]],
    ['turned to the left', [0, -turn, 0, turn, 0, 0, 0, 0, 0x40000000], [1080, 1440, 3, 4]],
  ])('%s have the size they are shown in', (_name, matrix, expected) => {
    const { width, height, pixelAspect = [] } = videoFacts(codec, { matrix })
    expect([width, height, ...pixelAspect]).toEqual(expected)
  })

  it('are HLG where they say so themselves', () => {
    expect(videoFacts(codec, { matrix: unityMatrix, preferredTransfer: 18 }).videoRange).toBe('HLG')
  })

  it('with Dolby Vision have its name and brands', async () => {
    const avcc = box('avcC', '0164001fffe000')
    const record = box('dvvC', `0100121d20${'00'.repeat(19)}`)
    const { config, brands } = await ingested({ entry: Buffer.from(entryOf('avc1', avcc, record), 'hex') })
    expect(config).toMatchObject({ codec: 'avc1.64001f', supplementalCodec: 'dva1.09.03/db2g' })
    expect(brands).toContain('dby1db2g')
  })

  it.each<[string, readonly number[], readonly [number, number]]>([
    ['one rate with pauses', [...Array.from({ length: 96 }, () => 40), 400, 400, 80, 80], [25, 1]],
    [
      'milliseconds that can not divide by it',
      Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? 34 : 33)),
      [30, 1],
    ],
    [
      'two rates: the higher',
      [...Array.from({ length: 50 }, () => 40), ...Array.from({ length: 50 }, () => 20)],
      [50, 1],
    ],
  ])('have the frame rate of %s', async (_name, durations, frameRate) => {
    expect((await ingested({ samples: samples(durations) })).config?.frameRate).toEqual(frameRate)
  })
})

describe('sound', () => {
  it.each([
    [
      'Atmos',
      'ec-3',
      '0000000f 64656333 1800 20 0f 00 01 10',
      { jointObjects: 16, channels: 6, dolbyChannels: 0xf801 },
    ],
    ['AC-3', 'ac-3', '0000000b 64616333 103d40', { channels: 6, channelLayout: 6, dolbyChannels: 0xf801 }],
    [
      'corners',
      'Opus',
      '00000019 644f7073 00 04 0138 0000bb80 0000 01 02 02 00010203',
      { channelLayout: 10 },
    ],
  ])('of %s says so', async (_name, type, inner, expected) => {
    const { config } = await ingested({ type: 'audio', timescale: 48_000, entry: soundEntry(type, inner) })
    expect(config).toMatchObject(expected)
  })
})
