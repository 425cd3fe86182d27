/** Several tracks of one kind in one file: what they are called, which is shown, which goes with which. */
import { describe, expect, it } from 'vitest'
import { readAssetJson } from '../../../lib/packaging/assets/asset-json.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { bytesSource } from '../films/films.ts'
import { type MadeTrack, makeFilm } from '../films/make-film.ts'
import { boxOf, editBoxes } from './edit-boxes.ts'

const pictures = (size: number): MadeTrack => ({
  type: 'video',
  timescale: 1000,
  samples: Array.from({ length: 300 }, (_, i) => ({
    size: size + (i % 7),
    duration: 40,
    sync: i % 50 === 0,
  })),
})
const sound = (size: number, more: Partial<MadeTrack> = {}): MadeTrack => ({
  type: 'audio',
  timescale: 48_000,
  samples: Array.from({ length: 560 }, (_, i) => ({ size: size + (i % 9), duration: 1024 })),
  ...more,
})

/** What of a track's header and boxes is changed, in the order of tracks. */
interface TrackChange {
  readonly flags?: number
  readonly group?: number
  readonly handlerName?: Uint8Array
  readonly udta?: Uint8Array
}

function changed(film: Uint8Array, changes: readonly TrackChange[]): Uint8Array {
  let track = -1
  return editBoxes(film, ({ type, raw }, path) => {
    if (path === 'moov/trak') track++
    const { flags, group, handlerName, udta } = changes[track] ?? {}
    if (path === 'moov/trak/tkhd') {
      const bytes = Buffer.from(raw)
      if (flags !== undefined) bytes[11] = flags
      if (group !== undefined) bytes.writeUInt16BE(group, 42)
      return udta ? Buffer.concat([bytes, boxOf('udta', udta)]) : bytes
    }
    if (path === 'moov/trak/mdia/hdlr' && handlerName) return boxOf(type, raw.subarray(8, 32), handlerName)
    return undefined
  })
}

const index = (bytes: Uint8Array, said: { readonly renditions?: true; readonly name?: string } = {}) =>
  indexAsset({
    timelineId: 'vod/film',
    version: '1',
    files: [{ object: { bucket: 'upload', key: 'film.mp4' }, source: bytesSource(bytes), ...said }],
  })

describe('two tracks of pictures in one file', () => {
  const film = makeFilm([pictures(90), pictures(200), sound(40)])
  const shown = async (changes: readonly TrackChange[], said: { readonly renditions?: true } = {}) => {
    const { timeline, placement, skipped } = await index(changed(film, changes), said)
    const rates = timeline.tracks.filter(({ type, trickOf }) => type === 'video' && !trickOf)
    expect(Object.keys(placement.tracks)).toContain('audio-1')
    return { large: rates.map(({ bandwidth }) => bandwidth.average > 40_000), skipped }
  }

  it.each([
    ['both enabled', [{ flags: 7 }, { flags: 7 }], [false]],
    ['the first enabled', [{ flags: 7 }, { flags: 6 }], [false]],
    ['the second enabled', [{ flags: 6 }, { flags: 7 }], [true]],
    ['none enabled', [{ flags: 6 }, { flags: 6 }], [false]],
    ['groups of their own', [{ group: 1 }, { group: 2 }], [false]],
  ])('are two cameras, %s: one is shown, the other is named', async (_name, changes, large) => {
    const got = await shown(changes)
    expect(got.large).toEqual(large)
    expect(got.skipped).toMatchObject([
      {
        trackId: large[0] ? 1 : 2,
        type: 'video',
        code: 'PACKAGING_PICTURES_SEVERAL',
        reason: expect.stringContaining('"renditions": true'),
      },
    ])
  })

  it.each([
    ['of one alternate group', [{ group: 7 }, { group: 7, flags: 6 }], {}],
    ['where asset.json says so', [], { renditions: true as const }],
  ])('are renditions %s', async (_name, changes, said) => {
    const got = await shown(changes, said)
    expect(got.large).toHaveLength(2)
    expect(got.skipped).toEqual([])
  })

  it('asset.json says it of a file', () => {
    const read = (renditions: unknown) =>
      readAssetJson(JSON.stringify({ files: [{ name: 'film.mp4', renditions }] }), 'film').files
    expect(read(true)).toEqual([{ key: 'vod/film/film.mp4', renditions: true }])
    expect(() => read('yes')).toThrow(/renditions true/)
  })
})

describe('a track of sound', () => {
  const film = makeFilm([sound(40), sound(60)])
  const names = async (changes: readonly TrackChange[], said: { readonly name?: string } = {}) =>
    (await index(changed(film, changes), said)).timeline.tracks.map(({ name }) => name)
  const text = (value: string) => Buffer.from(value, 'utf8')
  const udta = (value: string) => ({ udta: boxOf('name', text(value)) })
  const titl = (bytes: Uint8Array) => ({ udta: boxOf('titl', Buffer.from([0, 0, 0, 0, 0x15, 0xc7]), bytes) })
  const handler = (value: string) => ({ handlerName: text(value) })

  it.each([
    ['in QuickTime’s user data', udta('Desktop Audio'), 'Desktop Audio'],
    ['ended by a zero byte', udta('Mic/Aux\0'), 'Mic/Aux'],
    ['in 3GPP’s title', titl(text('Kommentar des Regisseurs\0')), 'Kommentar des Regisseurs'],
    ['in 3GPP’s title of 16 bits', titl(Buffer.from('feff00520065006700690065', 'hex')), 'Regie'],
    ['in the handler', handler('Director’s commentary\0'), 'Director’s commentary'],
    ['in a handler that counts it', handler('\x0aCommentary'), 'Commentary'],
    ['in both', { ...udta('Desktop Audio'), ...handler('Commentary\0') }, 'Desktop Audio'],
  ])('has the name %s', async (_name, change, name) => {
    expect(await names([change])).toEqual([name, undefined])
  })

  it.each<readonly [string, TrackChange]>([
    ...[
      'SoundHandler',
      'Sound Media Handler',
      '\x19Apple Sound Media Handler',
      'Core Media Audio',
      'GPAC ISO Audio Handler',
      'ISO Media file produced by Google Inc.',
      'Mainconcept MP4 Sound Media Handler',
      'L-SMASH Audio Handler',
      'sound.aac:fps=25',
      'film.mp4#trackID=2@GPAC0.8',
      'Stereo',
      'soun',
      'Audio Track 2',
      '',
    ].map((name) => [name, handler(`${name}\0`)] as const),
    ['of two lines', udta('one\ntwo')],
    ['of 2000 characters', udta('x'.repeat(2000))],
    ['that is no text', { udta: boxOf('name', Buffer.from([0xff, 0xfe, 0x80])) }],
    ['in user data that are broken', { udta: Buffer.from([0, 0, 0, 99, 110, 97, 109, 101, 65]) }],
  ])('is not called "%s"', async (_name, change) => {
    expect(await names([change])).toEqual([undefined, undefined])
  })

  it('is called what asset.json says', async () => {
    expect(await names([udta('Desktop Audio')], { name: 'Deutsch' })).toEqual(['Deutsch', 'Deutsch'])
  })

  it('that differs from another in its name alone is another', async () => {
    const twice = makeFilm([sound(40), sound(40)])
    const { timeline, skipped } = await index(changed(twice, [udta('Desktop Audio'), udta('Mic/Aux')]))
    expect(timeline.tracks.map(({ name }) => name)).toEqual(['Desktop Audio', 'Mic/Aux'])
    expect(skipped).toEqual([])
  })

  it('that is enabled is the main one', async () => {
    const roles = async (changes: readonly TrackChange[]) =>
      (await index(changed(film, changes))).timeline.tracks.map((track) => track.roles)
    expect(await roles([{ flags: 6 }, { flags: 7 }])).toEqual([['alternate'], ['main']])
    expect(await roles([{ flags: 6 }, { flags: 6 }])).toEqual([['main'], ['alternate']])
  })
})
