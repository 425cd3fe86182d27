/** AV1: sequence headers, names, and sample entries that come out as they went in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { av1CodecString } from '../../../lib/formats/av1/codec-string.ts'
import { findAv1Sequence, readAv1Sequence } from '../../../lib/formats/av1/sequence-header.ts'
import { BitWriter } from '../bit-writer.ts'
import { box, entryOf, expectBounded, videoOf, within } from '../sample-entry.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/**
 * By `ffmpeg -f lavfi -i testsrc2=s=…:r=25 -frames:v 6`: `-c:v libsvtav1`; `-c:v libaom-av1 -cpu-used 8` with
 * `-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc`, with
 * `-pix_fmt yuv444p -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range pc`, with `-pix_fmt gray`.
 */
const obus = {
  svt: '0a0b0000002d4cffb3c02f8004',
  pq: '0a0e0000002d4cffb3ccaf9509100904',
  full: '0a0e2000000cc4ff6736be4808080c80',
  gray: '0a0b0000000cc4ff6736be4a80',
}
const av1c = {
  svt: box('av1C', `81050c00${obus.svt}`),
  pq: box('av1C', `81054c00${obus.pq}`),
  full: box('av1C', `81210000${obus.full}`),
  gray: box('av1C', `81011c00${obus.gray}`),
}

describe('a sequence header', () => {
  const hd = {
    profile: 0,
    level: 5,
    highTier: false,
    bitDepth: 8,
    monochrome: false,
    width: 1280,
    height: 720,
  }
  const small = { ...hd, level: 1, width: 640, height: 360 }
  it.each([
    ['of SVT-AV1', obus.svt, { ...hd, fullRange: false }],
    [
      'of libaom in HDR10',
      obus.pq,
      { ...hd, bitDepth: 10, fullRange: false, colour: { primaries: 9, transfer: 16, matrix: 9 } },
    ],
    [
      'of libaom in 4:4:4, full range',
      obus.full,
      { ...small, profile: 1, fullRange: true, colour: { primaries: 1, transfer: 1, matrix: 1 } },
    ],
    ['of libaom in grey', obus.gray, { ...small, monochrome: true, fullRange: true }],
  ])('%s', (_name, from, facts) => {
    expect(findAv1Sequence(bytes(from))).toEqual({ ...facts, frames: expect.anything() })
  })

  it('tells what frame headers are read with', () => {
    expect(findAv1Sequence(bytes(obus.svt))?.frames).toEqual({
      isReduced: false,
      timing: { presentationBits: 0, removalBits: 0, removalPoints: [] },
      width: 1280,
      height: 720,
      widthBits: 11,
      heightBits: 10,
      idBits: 0,
      idDeltaBits: 0,
      largeBlocks: false,
      orderBits: 7,
      hasMotionReferences: true,
      hasWarpedMotion: false,
      hasSuperres: false,
      hasCdef: false,
      hasRestoration: false,
      planes: { hasChroma: true, isQuartered: true, separateQuantizers: false },
      hasFilmGrain: false,
    })
  })

  it('is found behind other OBUs, with and without sizes and extensions', () => {
    expect(findAv1Sequence(bytes(`1200 2e0801ff ${obus.svt}`))?.width).toBe(1280)
    expect(findAv1Sequence(bytes(`08${obus.svt.slice(4)}`))?.width).toBe(1280)
    expect(findAv1Sequence(bytes('1200'))).toBeUndefined()
    expect(findAv1Sequence(new Uint8Array(0))).toBeUndefined()
  })

  it('that is cut off is refused', () => {
    expect(() => findAv1Sequence(bytes('0a0b0000'))).toThrow(expect.objectContaining({ code: 'AV1_OBU' }))
    expect(() => findAv1Sequence(bytes('0affffffff'))).toThrow(expect.objectContaining({ code: 'AV1_OBU' }))
  })

  it('is read whatever stands between size and colours', () => {
    fc.assert(
      fc.property(anySequence, (made) => {
        expect(readAv1Sequence(writeSequence(made))).toEqual({
          ...made.facts,
          highTier: !made.isReduced && made.facts.level > 7,
          monochrome: false,
          frames: expect.objectContaining({
            isReduced: made.isReduced,
            idBits: made.isReduced ? 0 : 3,
            orderBits: !made.isReduced && made.hasOrderHint ? 7 : 0,
            planes: { hasChroma: true, isQuartered: made.facts.profile === 0, separateQuantizers: true },
            hasFilmGrain: true,
          }),
        })
      }),
    )
  })
})

describe('a name', () => {
  const usual = {
    profile: 0,
    level: 1,
    highTier: false,
    bitDepth: 8,
    monochrome: false,
    subsamplingX: 1,
    subsamplingY: 1,
    chromaPosition: 0,
    colour: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
  }
  it.each([
    ['av01.0.01M.08', usual],
    [
      'av01.0.04M.10.0.112.09.16.09.0',
      {
        ...usual,
        level: 4,
        bitDepth: 10,
        chromaPosition: 2,
        colour: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
      },
    ],
    [
      'av01.2.15H.12.0.100.01.01.01.1',
      {
        ...usual,
        profile: 2,
        level: 15,
        highTier: true,
        bitDepth: 12,
        subsamplingY: 0,
        chromaPosition: 1,
        colour: { ...usual.colour, fullRange: true },
      },
    ],
  ])('%s', (name, facts) => {
    expect(av1CodecString(facts)).toBe(name)
  })
})

describe('a sample entry', () => {
  it.each([
    ['av01.0.05M.08', 'SDR', av1c.svt],
    ['av01.0.05M.10.0.110.09.16.09.0', 'PQ', av1c.pq],
    ['av01.1.01M.08.0.000.01.01.01.1', 'SDR', av1c.full],
    ['av01.0.01M.08.1.110.01.01.01.1', 'SDR', av1c.gray],
  ])('%s', (name, range, configuration) => {
    const codec = videoOf(entryOf('av01', configuration))
    expect(codec).toMatchObject({ name, range, width: 1280, height: 720 })
    expect(codec.brand(25)).toBe('av01')
    expect(within(codec.sampleEntry)).toEqual([configuration])
  })

  it('believes colr before the sequence header, in its name too', () => {
    const boxes = [av1c.svt, box('colr', '6e636c78 0009 0012 0009 80'), box('clli', '03e80190')]
    const codec = videoOf(entryOf('av01', ...boxes))
    expect(codec).toMatchObject({ name: 'av01.0.05M.08.0.110.09.18.09.1', range: 'HLG' })
    expect(within(codec.sampleEntry)).toEqual(boxes)
  })

  it('that says no size has that of the sequence header', () => {
    const silent = entryOf('av01', av1c.full).replace('050002d00048', '000000000048')
    expect(videoOf(silent)).toMatchObject({ width: 640, height: 360 })
  })

  it('needs no sequence header', () => {
    expect(videoOf(entryOf('av01', box('av1C', '81054c00')))).toMatchObject({ name: 'av01.0.05M.10' })
  })

  it('of another version is refused', () => {
    expect(() => videoOf(entryOf('av01', box('av1C', '82050c00')))).toThrow(
      expect.objectContaining({ code: 'MP4_AV1_VERSION' }),
    )
  })

  it('is read or refused, however broken', () => expectBounded(bytes(entryOf('av01', av1c.pq))))
})

interface MadeSequence {
  readonly facts: {
    readonly profile: 0 | 2
    readonly level: number
    readonly bitDepth: 8 | 10
    readonly width: number
    readonly height: number
    readonly fullRange: boolean
    readonly colour: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
  }
  readonly isReduced: boolean
  readonly points: number
  readonly hasTiming: boolean
  readonly hasModel: boolean
  readonly hasOrderHint: boolean
  /** By frame; or forced off, on with whole-pixel vectors by frame, on with them forced. */
  readonly screen: 'frame' | 'off' | 'on' | 'whole'
}

const code = fc.integer({ min: 2, max: 255 })
const anySequence: fc.Arbitrary<MadeSequence> = fc.record({
  facts: fc.record({
    profile: fc.constantFrom(0, 2),
    level: fc.nat({ max: 23 }),
    bitDepth: fc.constantFrom(8, 10),
    width: fc.integer({ min: 1, max: 65_536 }),
    height: fc.integer({ min: 1, max: 65_536 }),
    fullRange: fc.boolean(),
    colour: fc.record({ primaries: code, transfer: code, matrix: code }),
  }),
  isReduced: fc.boolean(),
  points: fc.integer({ min: 1, max: 32 }),
  hasTiming: fc.boolean(),
  hasModel: fc.boolean(),
  hasOrderHint: fc.boolean(),
  screen: fc.constantFrom('frame', 'off', 'on', 'whole'),
})

/** 5.5.1, every choice made at least once by `anySequence`. */
function writeSequence(made: MadeSequence): Uint8Array {
  const { facts } = made
  const to = new BitWriter().bits(facts.profile, 3).flag(false).flag(made.isReduced)
  if (made.isReduced) to.bits(facts.level, 5)
  else writeOperatingPoints(to, made)
  to.bits(15, 4)
    .bits(15, 4)
    .bits(facts.width - 1, 16)
    .bits(facts.height - 1, 16)
  if (!made.isReduced) to.flag(true).bits(0, 7)
  to.bits(5, 3)
  if (!made.isReduced) {
    to.bits(9, 4).flag(made.hasOrderHint)
    if (made.hasOrderHint) to.bits(1, 2)
    to.flag(made.screen === 'frame')
    if (made.screen !== 'frame') to.flag(made.screen !== 'off')
    if (made.screen !== 'off') to.flag(made.screen !== 'whole')
    if (made.screen === 'whole') to.flag(true)
    if (made.hasOrderHint) to.bits(6, 3)
  }
  to.bits(2, 3).flag(facts.bitDepth === 10)
  if (facts.profile === 2 && facts.bitDepth === 10) to.flag(false)
  const { primaries, transfer, matrix } = facts.colour
  to.flag(false).flag(true).bits(primaries, 8).bits(transfer, 8).bits(matrix, 8)
  to.flag(facts.fullRange)
  if (facts.profile === 0) to.bits(2, 2)
  return to.flag(true).flag(true).bytes
}

function writeOperatingPoints(to: BitWriter, made: MadeSequence): void {
  to.flag(made.hasTiming)
  if (made.hasTiming) to.bits(1, 32).bits(50, 32).flag(true).ue(1).flag(made.hasModel)
  const hasModel = made.hasTiming && made.hasModel
  if (hasModel) to.bits(9, 5).bits(1, 32).bits(33, 10)
  to.flag(true).bits(made.points - 1, 5)
  for (let i = 0; i < made.points; i++) {
    const level = i === 0 ? made.facts.level : 9
    to.bits(i, 12).bits(level, 5)
    if (level > 7) to.flag(true)
    if (hasModel) to.flag(i % 2 === 0)
    if (hasModel && i % 2 === 0) to.bits(1023, 10).bits(1, 10).flag(false)
    to.flag(i % 3 === 0)
    if (i % 3 === 0) to.bits(7, 4)
  }
}
