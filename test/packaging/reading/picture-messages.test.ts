/** What is found in pictures: captions of real films and of pictures made by hand, for few bytes. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Codec, NalUnits } from '../../../lib/formats/isobmff/codec.ts'
import { readAssetJson } from '../../../lib/packaging/assets/asset-json.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { messageBytes, type Pictures, probeSei } from '../../../lib/packaging/reading/sei-probe.ts'
import { counted, type Source } from '../../../lib/packaging/reading/source.ts'
import { bytesSource, corpusFilm, fileSource, filmsMissing } from '../films/films.ts'
import { shelve } from '../films/shelf.ts'

describe.skipIf(filmsMissing !== undefined)(`films of the corpus ${filmsMissing ?? ''}`, () => {
  const segments = (): Source =>
    bytesSource(
      Buffer.concat(
        ['init.mp4', '1.m4s', '2.m4s', '3.m4s', '4.m4s'].map((name) =>
          readFileSync(corpusFilm(`cmaf/V300_with_cc1_and_cc3/${name}`)),
        ),
      ),
    )

  it.each<[string, () => Source, string[] | undefined]>([
    [
      'with captions in the first field',
      () => fileSource(corpusFilm('captions/fragmented_captions.mp4')),
      ['CC1'],
    ],
    ['with captions in both fields', segments, ['CC1', 'CC3']],
    ['without', () => fileSource(corpusFilm('mp4/sample.mp4')), undefined],
    ['of VP9', () => fileSource(corpusFilm('mp4/bbb_800x640_768kbps_30fps_vp9.mp4')), undefined],
  ])('%s', async (_name, open, ids) => {
    const { films } = await shelve(open())
    const found = films.timeline.tracks.map(({ captions }) => captions?.map(({ id }) => id))
    // Sound, and key frames for winding, have none.
    expect(found).toEqual([ids, ...found.slice(1).map(() => undefined)])
  })
})

/** A picture of NAL units, the last one being what is seen. */
function pictureOf({ kind, lengthBytes }: NalUnits, ...messages: readonly string[]): Buffer {
  const units =
    kind === 'avc'
      ? ['09f0', ...messages, `65${'88'.repeat(900)}`]
      : ['460150', ...messages, `2601${'af'.repeat(900)}`]
  return Buffer.concat(
    units.map((unit) => {
      const bytes = Buffer.from(unit, 'hex')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length.subarray(4 - lengthBytes), bytes])
    }),
  )
}

/** A film of `count` pictures, those whose index is named with messages. */
function tracksOfFile(nalUnits: NalUnits, count: number, messages: (index: number) => readonly string[]) {
  const all = Array.from({ length: count }, (_, i) => pictureOf(nalUnits, ...messages(i)))
  const sizes = Uint32Array.from(all, (one) => one.length)
  const offsets = new Float64Array(count)
  for (let i = 1; i < count; i++) offsets[i] = (offsets[i - 1] ?? 0) + (sizes[i - 1] ?? 0)
  const sync = Uint8Array.from({ length: count }, (_, i) => (i % 25 === 0 ? 1 : 0))
  const codec = { type: 'video', nalUnits } as Codec
  const pictures: Pictures = { codec, samples: { count, sizes, offsets, sync } }
  return { pictures, source: bytesSource(Buffer.concat(all)) }
}

const ccData = (header: string, ...triplets: readonly string[]): string => {
  const payload =
    `b5003147413934 03${(0x40 | triplets.length).toString(16)}ff${triplets.join('')}ff`.replaceAll(' ', '')
  return `${header}04${(payload.length / 2).toString(16).padStart(2, '0')}${payload}80`
}

const avc: NalUnits = { kind: 'avc', lengthBytes: 4 }
const hevc: NalUnits = { kind: 'hevc', lengthBytes: 2 }

describe('pictures', () => {
  it.each([
    ['of H.264', avc, '06'],
    ['of H.265, lengths of two bytes', hevc, '4e01'],
  ] as const)('%s tell of captions wherever in the film they speak', async (_name, nalUnits, header) => {
    // Stuffing but for a few seconds of captions in the last third.
    const { pictures, source } = tracksOfFile(nalUnits, 3000, (i) => [
      i > 2200 && i < 2500 ? ccData(header, 'fc9420', 'ff0222', 'fe4142') : ccData(header, 'fc8080'),
    ])
    expect(await probeSei(source, pictures, { spareBytes: messageBytes })).toEqual({
      captions: [{ id: 'CC1' }, { id: 'SERVICE1' }],
    })
  })

  it('tell which transfer characteristics are meant, where decoders start', async () => {
    const { pictures, source } = tracksOfFile(hevc, 500, (i) => (i % 25 === 0 ? ['4e0193011280'] : []))
    expect(await probeSei(source, pictures, { spareBytes: messageBytes })).toEqual({
      captions: [],
      preferredTransfer: 18,
    })
  })

  it('cost no more than is allowed, and little where there are no captions', async () => {
    const tally = { requests: 0, bytes: 0 }
    const plain = tracksOfFile(avc, 1000, () => [])
    await probeSei(counted(plain.source, tally), plain.pictures, { spareBytes: messageBytes })
    expect(tally.bytes).toBeLessThanOrEqual(12 * 512)
    const captioned = tracksOfFile(avc, 1000, () => [ccData('06', 'fc8080')])
    await probeSei(counted(captioned.source, tally), captioned.pictures, { spareBytes: messageBytes })
    expect(tally.bytes).toBeLessThanOrEqual(messageBytes + 12 * 512)
    await probeSei(counted(captioned.source, tally), captioned.pictures, { spareBytes: 0 })
    expect(tally.bytes).toBeLessThanOrEqual(messageBytes + 12 * 512)
  })

  it('of any bytes are looked into without harm', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.constantFrom(avc, hevc, { kind: 'avc', lengthBytes: 1 } as const),
        async (bytes, nalUnits) => {
          const { pictures } = tracksOfFile(nalUnits, 3, () => [])
          const source = bytesSource(Buffer.concat([bytes, new Uint8Array(3000)]))
          const { captions } = await probeSei(source, pictures, { spareBytes: messageBytes })
          expect(captions.length).toBeLessThan(68)
        },
      ),
    )
  })
})

describe('asset.json', () => {
  const read = (captions: unknown) =>
    readAssetJson(JSON.stringify({ files: ['a.mp4'], captions }), 'film').captions

  it('names captions and their languages', () => {
    expect(read([{ id: 'CC1', language: 'eng' }, { id: 'SERVICE12' }, 'CC3'])).toEqual([
      { id: 'CC1', language: 'en' },
      { id: 'SERVICE12' },
      { id: 'CC3' },
    ])
    expect(read([])).toEqual([])
    expect(read(undefined)).toBeUndefined()
  })

  it.each([
    ['a word', 'CC1'],
    ['a channel there is not', ['CC5']],
    ['a service there is not', ['SERVICE64']],
    ['one twice', ['CC1', 'CC1']],
    ['a language there is not', [{ id: 'CC1', language: 'no language' }]],
    ['nothing', null],
  ])('with captions as %s is refused', (_name, captions) => {
    expect(() => read(captions)).toThrow(/expected captions as .*, got/)
  })

  it.skipIf(filmsMissing !== undefined)('has the last word on what there is', async () => {
    const source = fileSource(corpusFilm('captions/fragmented_captions.mp4'))
    const { timeline } = await indexAsset({
      timelineId: 'vod/film',
      version: '0',
      files: [{ object: { bucket: 'upload', key: 'film' }, source }],
      captions: [
        { id: 'CC1', language: 'en' },
        { id: 'CC2', language: 'es' },
      ],
    })
    expect(timeline.tracks[0]?.captions).toEqual([
      { id: 'CC1', language: 'en' },
      { id: 'CC2', language: 'es' },
    ])
  })
})
