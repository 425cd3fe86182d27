/** AAC beyond LC in stereo: HE in each way it is signalled, xHE, layouts of their own, and sound entries of each version. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAudioSpecificConfig } from '../../../lib/formats/aac/audio-specific-config.ts'
import { aacBrand } from '../../../lib/formats/aac/cmaf-brand.ts'
import { mp4a } from '../../packaging/films/make-film.ts'
import { outcomes } from '../outcomes.ts'
import { delivered, expectSturdy, factsOf, soundOf } from '../sound-entry.ts'

const read = (config: string) => readAudioSpecificConfig(Buffer.from(config.replaceAll(' ', ''), 'hex'))

// Put together field by field after ISO/IEC 14496-3 1.6.2.1 and ISO/IEC 23003-3 5.2 unless a line says otherwise.
const configs: [
  name: string,
  config: string,
  objectType: number,
  sampleRate: number,
  channels: number,
  layout?: number,
][] = [
  ['HE v2 in front: mono heard as stereo', 'eb098800', 29, 48_000, 2],
  ['HE v2 behind', '130856e59d4880', 29, 48_000, 2],
  ['HE behind, in mono, saying that PS is not there', '130856e59d4800', 5, 48_000, 1],
  ['HE in front, the core left out', '2b1180', 5, 48_000, 2],
  ['HE of 5.1', '2b318800', 5, 48_000, 6],
  ['7.1 with surround behind', '11e0', 2, 48_000, 8],
  ['7.1 with five in front, which is not the usual one', '11b8', 2, 48_000, 8, 7],
  // ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=48000 -channel_layout 2.1 -c:a aac
  ['2.1 by a program config element', '118004c4010020000d4c61766335392e33372e31303056e500', 2, 48_000, 3, 0],
  ['no layout at all', '1180', 2, 48_000, 0],
  ['enhanced low delay', 'f8e64000', 39, 48_000, 2],
  ['xHE in stereo', 'f946432220', 42, 48_000, 2],
  ['xHE at a rate of its own in 7.1', 'f9461f005dc027', 42, 24_000, 8, 7],
  ['xHE of twelve channels by position', 'f946032060022190a63a12a580', 42, 48_000, 12],
  [
    'xHE of forty channels, more than one field holds',
    'f9460320f848022190a63a12a5b1ae7c2329d2b6be33adf3bef8022190a638',
    42,
    48_000,
    40,
  ],
]

describe('AudioSpecificConfig', () => {
  it.each(configs)('%s', (_name, config, objectType, sampleRate, channels, layout) => {
    expect(read(config)).toEqual({
      objectType,
      sampleRate,
      channels,
      ...(layout !== undefined && { layout }),
    })
  })

  it.each([
    ['lossless coding', 'f880', 'AAC_OBJECT_TYPE'],
    ['a reserved rate', '1690', 'AAC_RATE'],
    ['a reserved rate of xHE', 'f9464d22', 'AAC_RATE'],
    ['a reserved layout of xHE', 'f946433f', 'AAC_CHANNELS'],
    ['nothing', '', 'BITS_END'],
  ])('of %s is refused', (_name, config, code) => {
    expect(() => read(config)).toThrow(expect.objectContaining({ code }))
  })

  it('of any bytes is read or refused', () => {
    const seen = outcomes()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        seen.count(() => expect(readAudioSpecificConfig(bytes).sampleRate).toBeGreaterThan(0))
      }),
      { numRuns: 2000, seed: 9 },
    )
    seen.expectBoth(100)
  })
})

/** The entry of FFmpeg's AAC with another configuration of five bytes. */
function entryWith(config: string): Uint8Array {
  const entry = Buffer.from(mp4a)
  entry.set(Buffer.from(config, 'hex'), entry.indexOf(Buffer.from('119056e500', 'hex')))
  return entry
}

describe('AAC in mp4a', () => {
  it('is named and sorted by what is heard', () => {
    expect(factsOf(entryWith('eb09880000'))).toEqual(['mp4a.40.29', 48_000, 2, 'caac'])
    expect(factsOf(entryWith('2b11880000'))).toEqual(['mp4a.40.5', 48_000, 2, 'caac'])
    expect(factsOf(entryWith('2b31880000'))).toEqual(['mp4a.40.5', 48_000, 6, 'camc'])
    expect(factsOf(entryWith('f946432220'))).toEqual(['mp4a.40.42', 48_000, 2, undefined])
  })

  it('promises a media profile to LC and HE up to 48 kHz only', () => {
    const lc = { objectType: 2, sampleRate: 48_000, channels: 2 }
    expect(aacBrand(lc)).toBe('caac')
    expect(aacBrand({ ...lc, channels: 8 })).toBe('camc')
    expect(aacBrand({ ...lc, sampleRate: 96_000 })).toBeUndefined()
    expect(aacBrand({ ...lc, objectType: 1 })).toBeUndefined()
    expect(aacBrand({ ...lc, channels: 24 })).toBeUndefined()
  })

  it('takes the channels of the sample entry where the configuration has none', () => {
    expect(soundOf(entryWith('f8e6000000')).channels).toBe(2)
  })

  // ffmpeg 5.1.9: -f lavfi -i sine=sample_rate=96000 -c:a aac aac96.mov
  const version2 = `000000be 6d703461 0000000000000001 0002 0000 00000000 0003 0010 fffe 0000 00010000
    00000048 40f7700000000000 00000001 7f000000 00000000 00000000 00000000 00000000
    0000005e 77617665 0000000c 66726d61 6d703461 0000000c 6d703461 00000000
    00000036 65736473 00000000 03808080 25 0001 00 04808080 17 40 15 000000 0001113f 0001113f
    05808080 05 100856e500 06808080 01 02 00000008 00000000
    00000018 6368616e 00000000 00640001 00000000 00000000`

  it('at 96 kHz in version 2 of QuickTime comes out in the ISO form', () => {
    expect(factsOf(version2)).toEqual(['mp4a.40.2', 96_000, 1, undefined])
    expect(delivered(version2)).toBe(
      '0000004e6d7034610000000000000001000000000000000000010010' +
        '0000000000000000' +
        '0000002a6573647300000000031c000000041440150000000001113f0001113f0505100856e500060102',
    )
  })

  it('in version 1 of ISO, with its rate in srat, is not taken for QuickTime', () => {
    const srat = Buffer.from('00000010737261740000000000017700', 'hex')
    const entry = Buffer.concat([mp4a.subarray(0, 36), srat, mp4a.subarray(36)])
    entry.writeUInt32BE(entry.length)
    entry.writeUInt16BE(1, 16)
    expect(delivered(entry)).toBe(delivered(mp4a))
  })

  it('with any bytes changed is read or refused', () => {
    expectSturdy(mp4a.toString('hex'))
    expectSturdy(version2)
  })
})
