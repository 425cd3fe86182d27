/** H.265: parameter sets, names, CMAF profiles, and sample entries that come out as they went in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hevcBrand } from '../../../lib/formats/hevc/cmaf-brand.ts'
import { hevcCodecString } from '../../../lib/formats/hevc/codec-string.ts'
import { readHevcSps } from '../../../lib/formats/hevc/sps.ts'
import { BitWriter, withEmulation } from '../bit-writer.ts'
import { box, entryOf, expectBounded, videoOf, within } from '../sample-entry.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/**
 * By `ffmpeg -f lavfi -i testsrc2=s=…:r=25 -frames:v 6 -c:v libx265 -x265-params info=0:…`: 720p HDR10 with
 * mastering display and light level; 1080p HLG; 576p wide in 4:2:2 of 12 bits with scaling lists; 1080p at 6.1 High.
 */
const hvcc = {
  pq: box(
    'hvcC',
    `0102200000009000000000005df000fcfdfafa00000f04
     a00001001840010c01ffff02200000030090000003000003005d959809
     a10001002e42010102200000030090000003000003005da00280802d1365959a4932bc05a84880482000000300200000030321
     a2000100074401c172b46240
     27000200094e01900403e801908000 1e4e01891833c286c41d4c0bb884d03e803d13404200989680000003000180`,
  ),
  hlg: box(
    'hvcC',
    `01022000000090000000000078f000fcfdfafa00000f03
     200001001840010c01ffff022000000300900000030000030078959809
     210001002f420101022000000300900000030000030078a003c08010e4d96566924caf016a12241208000003000800000300c840
     22000100074401c172b46240`,
  ),
  wide: box(
    'hvcC',
    `0104080000009908000000005af000fcfefcfc00000f03
     a00001001740010c01ffff040800000300990800000300005a959809
     a10001002f420101040800000300990800000300005ab005a2009045296566924e57ff80200016b404000003000400000300642
     0a2000100074401c172b46240`,
  ),
  high: box(
    'hvcC',
    `012160000000900000000000b7f000fcfdf8f800000f03
     a00001001840010c01ffff2160000003009000000300000300b7959809
     a10001002a4201012160000003009000000300000300b7a003c08010e596566924caf0168080000003008000000c84
     a2000100074401c172b46240`,
  ),
}

describe('a sequence parameter set', () => {
  const from = (configuration: string): Uint8Array => {
    const start = configuration.indexOf('4201')
    const length = Number.parseInt(configuration.slice(start - 4, start), 16)
    return bytes(configuration.slice(start, start + length * 2))
  }

  it.each([
    [
      'HDR10',
      hvcc.pq,
      {
        chroma: 1,
        bitDepth: 10,
        width: 1280,
        height: 720,
        pixelAspect: [1, 1],
        colour: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
      },
    ],
    [
      'HLG, cropped from 1088 lines',
      hvcc.hlg,
      {
        chroma: 1,
        bitDepth: 10,
        width: 1920,
        height: 1080,
        pixelAspect: [1, 1],
        colour: { primaries: 9, transfer: 18, matrix: 9, fullRange: false },
      },
    ],
    [
      '4:2:2 with a shape of its own and scaling lists',
      hvcc.wide,
      { chroma: 2, bitDepth: 12, width: 720, height: 576, pixelAspect: [64, 45] },
    ],
    [
      'High tier, no colours stated',
      hvcc.high,
      { chroma: 1, bitDepth: 8, width: 1920, height: 1080, pixelAspect: [1, 1] },
    ],
  ])('of x265: %s', (_name, configuration, facts) => {
    expect(readHevcSps(from(configuration))).toMatchObject(facts)
  })

  it('is read whatever stands between size and colours', () => {
    fc.assert(
      fc.property(anySps, (sps) => {
        expect(readHevcSps(writeSps(sps))).toMatchObject({
          chroma: sps.chroma,
          bitDepth: sps.bitDepth,
          width: sps.width,
          height: sps.height,
          pixelAspect: sps.aspect,
          colour: { primaries: sps.primaries, transfer: sps.transfer, matrix: 9, fullRange: true },
        })
      }),
    )
  })

  it('with more reference pictures than there can be is refused', () => {
    const sps = { ...plain, sets: [{ earlier: Array.from({ length: 17 }, () => 1), later: [] }] }
    expect(() => readHevcSps(writeSps(sps))).toThrow(expect.objectContaining({ code: 'HEVC_SPS_RANGE' }))
  })
})

describe('a name (ISO/IEC 14496-15 E.3)', () => {
  const main10 = { space: 0, profile: 2, compatibility: 0x20000000, highTier: false, level: 123 }

  it.each([
    ['hvc1.2.4.L123.B0', 'hvc1', { ...main10, constraints: bytes('b00000000000') }],
    ['hev1.2.4.L123', 'hev1', { ...main10, constraints: bytes('000000000000') }],
    [
      'hvc1.2.4.H153.90.0.0.0.0.1',
      'hvc1',
      { ...main10, highTier: true, level: 153, constraints: bytes('900000000001') },
    ],
    [
      'hvc1.A1.80000006.L93.B0.8',
      'hvc1',
      {
        ...main10,
        space: 1,
        profile: 1,
        compatibility: 0x60000001,
        level: 93,
        constraints: bytes('b00800000000'),
      },
    ],
  ])('%s', (name, entry, profile) => {
    expect(hevcCodecString(entry, profile)).toBe(name)
  })
})

describe('a sample entry', () => {
  it.each([
    ['hvc1', hvcc.pq, 'hvc1.2.4.L93.90', 'PQ'],
    ['hev1', hvcc.hlg, 'hev1.2.4.L120.90', 'HLG'],
    ['hvc1', hvcc.wide, 'hvc1.4.10.L90.99.8', 'SDR'],
    ['hvc1', hvcc.high, 'hvc1.1.6.H183.90', 'SDR'],
  ])('%s keeps its configuration: %#', (type, configuration, name, range) => {
    const codec = videoOf(entryOf(type, configuration))
    expect(codec).toMatchObject({ name, range })
    expect(within(codec.sampleEntry)).toMatchObject([configuration])
    expect(videoOf(codec.sampleEntry).sampleEntry).toMatchObject(codec.sampleEntry)
  })

  it('keeps the boxes of HDR and Dolby Vision as they are', () => {
    const boxes = [
      hvcc.pq,
      box('colr', '6e636c78 0009 0010 0009 00'),
      box('mdcv', '33c286c41d4c0bb884d03e803d13404200989680 00000001'),
      box('clli', '03e80190'),
      box('dvvC', `0100 10 35 10 ${'00'.repeat(19)}`),
      box('pasp', '00000001 00000001'),
    ]
    expect(within(videoOf(entryOf('hvc1', ...boxes)).sampleEntry)).toMatchObject(boxes)
  })

  it('believes colr and pasp before the SPS, and writes the colours of QuickTime as nclx', () => {
    const codec = videoOf(
      entryOf('hvc1', hvcc.wide, box('colr', '6e636c63 0009 0012 0009'), box('pasp', '0000000400000003')),
    )
    expect(codec).toMatchObject({ range: 'HLG', pixelAspect: [4, 3] })
    expect(within(codec.sampleEntry)[1]).toBe(box('colr', '6e636c78 0009 0012 0009 00'))
  })

  it('that says no size has that of the SPS', () => {
    const silent = entryOf('hvc1', hvcc.hlg).replace('050002d00048', '000000000048')
    const codec = videoOf(silent)
    expect(codec).toMatchObject({ width: 1920, height: 1080 })
    expect(videoOf(codec.sampleEntry)).toMatchObject({ width: 1920, height: 1080 })
  })

  it('may hold its parameter sets in the samples', () => {
    const none = box('hvcC', '01016000000090000000000078f000fcfdf8f800000f00')
    expect(videoOf(entryOf('hev1', none))).toMatchObject({ name: 'hev1.1.6.L120.90', range: 'SDR' })
  })

  it('without a configuration is refused by name', () => {
    expect(() => videoOf(entryOf('hvc1'))).toThrow(/expected a hvcC box/)
  })

  it('with more NAL units than bytes is refused before memory is taken', () => {
    const lie = box('hvcC', '01016000000090000000000078f000fcfdf8f800000f01 21ffff')
    expect(() => videoOf(entryOf('hvc1', lie))).toThrow(expect.objectContaining({ code: 'MP4_COUNT_RANGE' }))
  })

  it('is read or refused, however broken', () => expectBounded(bytes(entryOf('hvc1', hvcc.wide, hvcc.pq))))
})

describe('a CMAF media profile (ISO/IEC 23000-19 table B.1)', () => {
  const hd = { profile: 1, highTier: false, level: 123, width: 1920, height: 1080, frameRate: 50 }
  const uhd = { ...hd, profile: 2, level: 153, width: 3840, height: 2160 }
  const colour = (primaries: number, transfer: number, matrix: number) => ({
    colour: { primaries, transfer, matrix },
  })
  it.each([
    ['chhd', hd],
    ['chhd', { ...hd, ...colour(1, 1, 1) }],
    ['chh1', { ...hd, profile: 2 }],
    ['cud8', { ...hd, level: 150, width: 3840, height: 2160 }],
    ['cud1', uhd],
    ['chd1', { ...uhd, ...colour(9, 16, 9) }],
    ['clg1', { ...uhd, ...colour(9, 18, 9) }],
    [undefined, { ...hd, highTier: true }],
    [undefined, { ...hd, profile: 4 }],
    [undefined, { ...hd, frameRate: 100 }],
    [undefined, { ...hd, ...colour(9, 16, 9) }],
    [undefined, { ...uhd, level: 156 }],
    [undefined, { ...uhd, width: 4096 }],
  ])('%s', (brand, picture) => {
    expect(hevcBrand(picture)).toBe(brand)
  })
})

interface MadeSps {
  readonly subLayers: number
  readonly chroma: 0 | 1 | 2 | 3
  readonly bitDepth: number
  readonly width: number
  readonly height: number
  readonly crop: number
  readonly hasLists: boolean
  readonly hasPcm: boolean
  readonly longTerm: number
  /** Steps from picture to picture; a number repeats the set before moved by it. */
  readonly sets: readonly (
    | { readonly earlier: readonly number[]; readonly later: readonly number[] }
    | number
  )[]
  readonly aspect: readonly [number, number]
  readonly primaries: number
  readonly transfer: number
}

const plain: MadeSps = {
  subLayers: 0,
  chroma: 1,
  bitDepth: 8,
  width: 1920,
  height: 1080,
  crop: 0,
  hasLists: false,
  hasPcm: false,
  longTerm: 0,
  sets: [],
  aspect: [1, 1],
  primaries: 9,
  transfer: 16,
}

const steps = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 })
const anySps: fc.Arbitrary<MadeSps> = fc.record({
  subLayers: fc.nat({ max: 6 }),
  chroma: fc.constantFrom(0, 1, 2, 3),
  bitDepth: fc.constantFrom(8, 10, 12),
  width: fc.integer({ min: 8, max: 8192 }),
  height: fc.integer({ min: 8, max: 8192 }),
  crop: fc.nat({ max: 4 }),
  hasLists: fc.boolean(),
  hasPcm: fc.boolean(),
  longTerm: fc.nat({ max: 3 }),
  sets: fc.array(
    fc.oneof(
      fc.record({ earlier: steps, later: steps }),
      fc.integer({ min: -9, max: 9 }).filter((step) => step !== 0),
    ),
    { maxLength: 8 },
  ),
  aspect: fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })),
  primaries: fc.nat({ max: 255 }),
  transfer: fc.nat({ max: 255 }),
})

/** 7.3.2.2, every choice made at least once by `anySps`. */
function writeSps(sps: MadeSps): Uint8Array {
  const to = new BitWriter().bits(0x4201, 16).bits(0, 4).bits(sps.subLayers, 3).flag(true)
  for (let i = 0; i < 3; i++) to.bits(0, 32)
  if (sps.subLayers > 0) {
    for (let i = 0; i < 8; i++) to.flag(i < sps.subLayers).flag(i < sps.subLayers)
    for (let i = 0; i < sps.subLayers; i++) to.bits(0, 32).bits(0, 32).bits(0, 32)
  }
  to.ue(0).ue(sps.chroma)
  if (sps.chroma === 3) to.flag(false)
  const unitX = sps.chroma === 1 || sps.chroma === 2 ? 2 : 1
  const unitY = sps.chroma === 1 ? 2 : 1
  to.ue(sps.width + sps.crop * unitX).ue(sps.height + sps.crop * unitY)
  to.flag(true).ue(0).ue(sps.crop).ue(sps.crop).ue(0)
  to.ue(sps.bitDepth - 8)
    .ue(sps.bitDepth - 8)
    .ue(4)
  to.flag(true)
  for (let i = 0; i < 3 * (sps.subLayers + 1); i++) to.ue(i)
  for (let i = 0; i < 6; i++) to.ue(i % 3)
  to.flag(sps.hasLists)
  if (sps.hasLists) writeLists(to.flag(true))
  to.bits(1, 2).flag(sps.hasPcm)
  if (sps.hasPcm) to.bits(0x77, 8).ue(0).ue(2).flag(true)
  writeSets(to, sps.sets)
  to.flag(sps.longTerm > 0)
  if (sps.longTerm > 0) to.ue(sps.longTerm)
  for (let i = 0; i < sps.longTerm; i++) to.bits(i, 8).flag(true)
  to.bits(3, 2).flag(true)
  to.flag(true).bits(255, 8).bits(sps.aspect[0], 16).bits(sps.aspect[1], 16)
  to.flag(true).flag(false)
  to.flag(true).bits(5, 3).flag(true).flag(true).bits(sps.primaries, 8).bits(sps.transfer, 8).bits(9, 8)
  return withEmulation(to.flag(false).bytes)
}

function writeLists(to: BitWriter): void {
  for (let size = 0; size < 4; size++)
    for (let matrix = 0; matrix < (size === 3 ? 2 : 6); matrix++) {
      to.flag(matrix % 2 === 0)
      const count = matrix % 2 === 0 ? [16, 64, 65, 65][size] : 1
      for (let i = 0; i < (count ?? 0); i++) to.ue(i % 5)
    }
}

function writeSets(to: BitWriter, sets: MadeSps['sets']): void {
  to.ue(sets.length)
  let before: number[] = []
  for (const [i, set] of sets.entries()) {
    if (typeof set === 'number' && i > 0) {
      to.flag(true)
        .flag(set < 0)
        .ue(Math.abs(set) - 1)
      // Every third picture is kept unused, every fourth is dropped.
      const moved: number[] = []
      for (const [j, distance] of [...before, 0].entries()) {
        if (j % 4 === 3) to.flag(false).flag(false)
        else if (j % 3 === 2) to.flag(false).flag(true)
        else to.flag(true)
        if (j % 4 !== 3 && distance + set !== 0) moved.push(distance + set)
      }
      const past = moved.filter((distance) => distance < 0).toSorted((a, b) => b - a)
      before = [...past, ...moved.filter((distance) => distance > 0).toSorted((a, b) => a - b)]
      continue
    }
    const { earlier, later } = typeof set === 'number' ? { earlier: [], later: [] } : set
    if (i > 0) to.flag(false)
    to.ue(earlier.length).ue(later.length)
    for (const step of [...earlier, ...later]) to.ue(step - 1).flag(true)
    let at = 0
    const past = earlier.map((step) => (at -= step))
    at = 0
    before = [...past, ...later.map((step) => (at += step))]
  }
}
