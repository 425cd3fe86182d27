/** Pictures of every codec: what the timeline says of them, and init segments that hold their configuration unchanged. */
import { readFileSync } from 'node:fs'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { describe, expect, it } from 'vitest'
import { boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { readFtyp } from '../../../lib/formats/isobmff/ftyp.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { readTrak } from '../../../lib/formats/isobmff/trak.ts'
import { box, entryOf, within } from '../../formats/sample-entry.ts'
import { bytesSource, corpusFilm, fileSource, filmsMissing } from '../films/films.ts'
import { faultsOf } from '../films/judged.ts'
import { avc1, makeFilm } from '../films/make-film.ts'
import { mediaPath, type Shelf, shelve } from '../films/shelf.ts'

describe('a film of the corpus', () => {
  it.for([
    ['mp4/h265_bframes.mp4', 'hev1.1.6.L90.90', 'hvcC', 'chhd'],
    ['mp4/sample_av1.mp4', 'av01.0.05M.08', 'av1C', 'av01'],
    ['mp4/bbb_800x640_768kbps_30fps_vp9.mp4', 'vp09.00.30.08.00.02.02.02.00', 'vpcC', undefined],
  ] as const)('%s', async ([name, codec, configuration, brand], { skip }) => {
    skip(filmsMissing !== undefined, filmsMissing)
    const path = corpusFilm(name)
    const shelf = await shelve(fileSource(path))
    expect(shelf.films.skipped).toEqual([])
    const { init, config, whole } = await pictures(shelf)
    expect(config).toMatchObject({ codec, videoRange: 'SDR' })
    expect(codec).toBe(await nameByMediabunny(readFileSync(path)))
    expect(codec).toBe(await nameByMediabunny(whole))
    const source = moovOf(readFileSync(path))
    expect(configurationOf(moovOf(init), configuration)).toBe(configurationOf(source, configuration))
    expect(mediaBrands(init)).toEqual(brand ? [brand] : [])
  })
})

describe('a film in', () => {
  /** As x265, libaom and libvpx write them; see test/formats. */
  const hdr10 = box(
    'hvcC',
    `0102200000009000000000005df000fcfdfafa00000f0121
     0001002e42010102200000030090000003000003005da00280802d1365959a4932bc05a84880482000000300200000030321`,
  )
  const avc3 = avc1.toString('hex').replace('61766331', '61766333')
  const hlg = box('vpcC', '01000000 02 1f a2 09 12 09 0000')
  const mastering = box('mdcv', '33c286c41d4c0bb884d03e803d13404200989680 00000001')

  it.each([
    ['H.264 with its parameter sets in the samples', avc3, 'avc3.64001f', 'SDR', ['cfhd']],
    ['HDR10', entryOf('hvc1', hdr10, mastering), 'hvc1.2.4.L93.90', 'PQ', ['chd1']],
    ['HLG', entryOf('vp09', hlg), 'vp09.02.31.10.01.09.18.09.00', 'HLG', []],
    [
      'AV1 whose colours only colr knows',
      entryOf('av01', box('av1C', '81054c00'), box('colr', '6e636c78 0009 0010 0009 00')),
      'av01.0.05M.10.0.110.09.16.09.0',
      'PQ',
      ['av01'],
    ],
  ])('%s says so', async (_name, entry, codec, videoRange, brands) => {
    const samples = Array.from({ length: 8 }, (_, i) => ({ size: 99 + i, duration: 40, sync: i % 4 === 0 }))
    const film = makeFilm([{ type: 'video', timescale: 1000, samples, entry: Buffer.from(entry, 'hex') }])
    const shelf = await shelve(bytesSource(film))
    const { init, config } = await pictures(shelf)
    expect(config).toMatchObject({ codec, videoRange, width: 1280, height: 720 })
    expect(mediaBrands(init)).toEqual(brands)
    expect(within(entryIn(moovOf(init)).raw)).toEqual(within(Buffer.from(entry, 'hex')))
    const [track] = shelf.films.timeline.tracks
    if (track) expect(await faultsOf(shelf, track)).toEqual([])
  })
})

async function pictures(shelf: Shelf) {
  const track = shelf.films.timeline.tracks.find(({ type }) => type === 'video')
  if (!track) throw new Error('no pictures')
  const { bytes } = await shelf.get(mediaPath(shelf.films, track.id, 'i-1.mp4'))
  return { init: bytes, config: track.configs[0], whole: await shelf.track(track) }
}

/** It calls every H.265 hev1. */
async function nameByMediabunny(file: Uint8Array): Promise<string | null | undefined> {
  using input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  return await track?.getCodecParameterString()
}

function moovOf(file: Uint8Array) {
  for (const one of boxes(new ByteReader(file))) if (one.type === 'moov') return one
  throw new Error('no moov')
}

/** Sample entry of the first track of pictures. */
function entryIn(moov: ReturnType<typeof moovOf>) {
  const traks = readMoov(moov).traks.map((trak) => readTrak(trak))
  const entry = traks.find(({ handler }) => handler === 'vide')?.entries[0]
  if (!entry) throw new Error('no sample entry')
  return entry
}

const configurationOf = (moov: ReturnType<typeof moovOf>, type: string): string | undefined =>
  within(entryIn(moov).raw).find((one) => one.slice(8, 16) === Buffer.from(type).toString('hex'))

/** Brands beside those every init segment has. */
function mediaBrands(init: Uint8Array): string[] {
  const [ftyp] = boxes(new ByteReader(init))
  const general = new Set(['iso6', 'cmfc', 'cmf2', 'dash'])
  return ftyp ? readFtyp(ftyp).compatible.filter((brand) => !general.has(brand)) : []
}
