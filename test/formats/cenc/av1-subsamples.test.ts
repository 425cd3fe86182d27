/** What of AV1 samples is protected, and that what is protected comes back. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { av1Subsamples } from '../../../lib/formats/cenc/av1-subsamples.ts'
import type { Scheme, Subsamples } from '../../../lib/formats/cenc/subsamples.ts'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { randomFrames } from '../av1/random-frames.ts'
import { obu, stillHeader, stillSequence, tileGroup } from '../av1/still.ts'
import { copiedAv1, encodedAv1 } from '../av1/traced-frames.ts'
import { tracerMissing } from '../trace-headers.ts'
import { sealCbcs, sealCenc } from './seal.ts'

const none = new Uint8Array()
const schemes = ['cenc', 'cbcs'] as const
const bytesOf = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))
const sequence = obu(1, stillSequence)
const still = bytesOf(sequence, obu(6, [...stillHeader, ...tileGroup([40, 15, 16, 300])]))

describe('subsamples of AV1', () => {
  // Sequence header, OBU header and size, frame header, tile group header, size of the first tile.
  const head = sequence.length + 3 + 6 + 1 + 2

  it('are each tile’s whole blocks with cenc, its first bytes give way', () => {
    const [first, third, fourth] = [head + (40 % 16), 2 + 15 + 2, 300 % 16]
    expect(av1Subsamples('cenc', none)(still)).toEqual([first, 32, third, 16, fourth, 288])
  })

  it('are whole tiles with cbcs', () => {
    expect(av1Subsamples('cbcs', none)(still)).toEqual([head, 40, 2, 15, 2, 16, 0, 300])
  })

  it('leave all but tiles clear, however units are cut', () => {
    const header = obu(3, [...stillHeader, 0x80])
    const redundant = obu(7, [...stillHeader, 0x80])
    const clear = [
      obu(2, []),
      sequence,
      obu(5, [1, 2, 3, 128]),
      header,
      redundant,
      obu(15, new Uint8Array(40)),
    ]
    const before = clear.reduce((sum, { length }) => sum + length, 0)
    const sample = bytesOf(
      ...clear,
      obu(4, tileGroup([20, 32], 0)),
      obu(3, [...stillHeader, 0x80]),
      obu(4, tileGroup([16], 2)),
      obu(9, [1, 2]),
      obu(4, tileGroup([64], 3), false),
    )
    const gaps = [before + 2 + 1 + 2, 0, header.length + 2 + 1, 4 + 1 + 1] as const
    const pairs = [gaps[0], 20, gaps[1], 32, gaps[2], 16, gaps[3], 64]
    expect(av1Subsamples('cbcs', none)(sample)).toEqual(pairs)
  })

  it('may begin with more clear bytes than one can count', () => {
    const sample = bytesOf(sequence, obu(5, new Uint8Array(70_000)), still.subarray(sequence.length))
    expect(av1Subsamples('cbcs', none)(sample).slice(0, 4)).toEqual([65_535, 0, 70_004 - 65_535 + head, 40])
  })

  it('take the sequence header from the configuration where samples have none', () => {
    const frame = still.subarray(sequence.length)
    const pairs = [head - sequence.length, 40, 2, 15, 2, 16, 0, 300]
    expect(av1Subsamples('cbcs', sequence)(frame)).toEqual(pairs)
  })

  const group = (first: number) => obu(4, tileGroup([20, 20], first))
  const header = obu(3, [...stillHeader, 0x80])
  it.each([
    ['AV1_SEQUENCE', 'without a sequence header', still.subarray(sequence.length)],
    ['AV1_TILE_LIST', 'that is a tile list', bytesOf(sequence, obu(8, [1, 2, 3]))],
    ['AV1_TILES', 'without its last tiles', bytesOf(sequence, header, group(0))],
    ['AV1_TILES', 'without its first tiles', bytesOf(sequence, header, group(2))],
    ['AV1_TILES', 'that begins another frame before', bytesOf(sequence, header, still)],
    ['AV1_TILES', 'without a frame header', bytesOf(sequence, group(0))],
    ['AV1_TILES', 'with an empty tile', bytesOf(sequence, obu(6, [...stillHeader, 0, 0, 0, 1, 0, 0, 0, 1]))],
    ['AV1_TILES', 'with a tile too long', bytesOf(sequence, obu(6, [...stillHeader, 0, 255, 255, 1]))],
    ['AV1_OBU', 'that is cut off', still.subarray(0, 100)],
    ['AV1_OBU', 'that begins with a one', bytesOf([0x90], still)],
    ['BITS_END', 'whose frame header is cut off', bytesOf(sequence, obu(3, stillHeader.subarray(0, 3)))],
  ])('are refused as %s for a sample %s', (code, _name, sample) => {
    expect(() => av1Subsamples('cenc', none)(sample)).toThrow(expect.objectContaining({ code }))
  })

  it('cover every sample or refuse it, whatever its header says', () => {
    const { units } = randomFrames(60, 9)
    for (const scheme of schemes) {
      let map = av1Subsamples(scheme, none)
      for (const unit of units) if (!coversOrRefuses(map, unit, scheme)) map = av1Subsamples(scheme, none)
    }
  })

  it('cover every sample or refuse it, however broken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(still.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(still.length),
        fc.constantFrom(...schemes),
        (changes, length, scheme) => {
          const sample = still.slice(0, length > 50 ? still.length : length)
          for (const [at, value] of changes) if (at < sample.length) sample[at] = value
          coversOrRefuses(av1Subsamples(scheme, none), sample, scheme)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

/** False where it was refused. */
function coversOrRefuses(
  map: (sample: Uint8Array) => Subsamples,
  sample: Uint8Array,
  scheme: Scheme,
): boolean {
  try {
    const pairs = map(sample)
    expect(pairs.reduce((sum, bytes) => sum + bytes, 0)).toBe(sample.length)
    expect(pairs.length).toBeLessThanOrEqual(2 * sample.length)
    for (const [i, bytes] of pairs.entries()) {
      if (i % 2 === 0) expect(bytes).toBeLessThanOrEqual(65_535)
      else if (scheme === 'cenc') expect(bytes % 16).toBe(0)
    }
    return true
  } catch (error) {
    if (error instanceof HeadendError) return false
    throw error
  }
}

describe.skipIf(tracerMissing !== undefined)(`streams of AV1 ${tracerMissing ?? ''}`, () => {
  const aom = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-pix_fmt', 'yuv420p']
  const tiles = [...aom, '-tiles', '4x2', '-b:v', '2M', '-aom-params', 'num-tile-groups=3']
  let made: ReturnType<typeof encodedAv1>
  beforeAll(() => {
    made = encodedAv1([
      ['in tile groups', tiles, 'testsrc2=s=256x128:r=25:d=0.4'],
      ['without loss', [...aom, '-crf', '0'], 'testsrc2=s=208x120:r=25:d=0.3'],
      ['with hidden frames', aom],
    ])
  })
  const madeAs = (name: string) => made.get(name) ?? expect.fail(`no stream ${name}`)
  const streams = [
    { name: 'in tile groups', units: () => madeAs('in tile groups') },
    { name: 'without loss', units: () => madeAs('without loss') },
    ...(corpusMissing === undefined
      ? [{ name: 'of the corpus', units: () => copiedAv1(join(corpus, 'media/mp4/sample_av1.mp4')) }]
      : []),
  ]

  it.each(streams)('$name come back as they were', ({ units }) => {
    const samples = units()
    for (const scheme of schemes) {
      const map = av1Subsamples(scheme, none)
      const subsamples = samples.map((sample) => map(sample))
      const sealed = seal(scheme, samples, subsamples)
      for (const [i, sample] of samples.entries()) {
        const { bytes = none, iv: own = none } = sealed[i] ?? {}
        const pairs = subsamples[i] ?? []
        expect(clearOf(bytes, pairs).equals(clearOf(sample, pairs)), `sample ${i}`).toBe(true)
        expect(Buffer.from(bytes).equals(sample), `sample ${i}`).toBe(
          !pairs.some((size, at) => at % 2 === 1 && size >= 16),
        )
        const opened = scheme === 'cenc' ? openCenc(bytes, pairs, own) : openCbcs(bytes, pairs)
        expect(opened.equals(sample), `sample ${i}`).toBe(true)
      }
      const total = samples.reduce((sum, { length }) => sum + length, 0)
      const inTiles = subsamples.reduce((sum, pairs) => sum + protectedOf(pairs), 0)
      expect(inTiles).toBeGreaterThan(total * 0.9)
    }
  })

  it('protect nothing of a frame that is shown again', () => {
    const samples = madeAs('with hidden frames')
    const map = av1Subsamples('cbcs', none)
    const shown = samples.map((sample) => [sample, map(sample)] as const).filter(([{ length }]) => length < 8)
    expect(shown.length).toBeGreaterThan(2)
    for (const [{ length }, pairs] of shown) expect(pairs).toEqual([length, 0])
  })

  it('must begin with a key frame', () => {
    const samples = madeAs('with hidden frames')
    const [first = none] = samples
    const sequenceEnd = 2 + 2 + (first[3] ?? 0)
    const late = samples.findIndex((sample, i) => i > 0 && sample.length > 100)
    const map = av1Subsamples('cenc', first.subarray(2, sequenceEnd))
    expect(() => map(samples[late] ?? none)).toThrow(expect.objectContaining({ code: 'AV1_KEY_FRAME' }))
  })
})

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const iv = Buffer.from('d5fbd6b82ed93e4e0000000000000000', 'hex')

interface Sealed {
  readonly bytes: Uint8Array
  readonly iv?: Uint8Array
}

function seal(scheme: Scheme, samples: readonly Uint8Array[], subsamples: readonly Subsamples[]): Sealed[] {
  const bytes = new Uint8Array(Buffer.concat(samples))
  const sizes = Uint32Array.from(samples, ({ length }) => length)
  const all = { bytes, sizes, subsamples }
  const ivs = scheme === 'cenc' ? sealCenc(key, iv, all) : undefined
  if (scheme === 'cbcs') sealCbcs({ key, iv, pattern: { crypt: 1, skip: 9 } }, all)
  let at = 0
  return samples.map(({ length }, i) => {
    at += length
    const own = ivs?.subarray(16 * i, 16 * i + 16)
    return { bytes: bytes.slice(at - length, at), ...(own && { iv: own }) }
  })
}

/** ISO/IEC 23001-7 10.1: one run of the counter through a sample's protected bytes. */
function openCenc(bytes: Uint8Array, pairs: Subsamples, own: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-ctr', key, own)
  return openRanges(bytes, pairs, (range) => cipher.update(range))
}

/** 10.4: in each range a chain anew over one block in ten. */
function openCbcs(bytes: Uint8Array, pairs: Subsamples): Buffer {
  return openRanges(bytes, pairs, (range) => {
    const cipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
    const out = Buffer.from(range)
    for (let at = 0; at + 16 <= range.length; at += 160)
      out.set(cipher.update(range.subarray(at, at + 16)), at)
    return out
  })
}

function openRanges(bytes: Uint8Array, pairs: Subsamples, open: (range: Uint8Array) => Uint8Array): Buffer {
  const out = Buffer.from(bytes)
  for (const [from, to] of rangesOf(pairs)) out.set(open(bytes.subarray(from, to)), from)
  return out
}

function* rangesOf(pairs: Subsamples): Generator<[from: number, to: number]> {
  let at = 0
  for (let i = 0; i < pairs.length; i += 2) {
    const from = at + (pairs[i] ?? 0)
    at = from + (pairs[i + 1] ?? 0)
    yield [from, at]
  }
}

const protectedOf = (pairs: Subsamples): number =>
  pairs.reduce((sum, bytes, i) => sum + (i % 2 === 1 ? bytes : 0), 0)

function clearOf(bytes: Uint8Array, pairs: Subsamples): Buffer {
  const out = Buffer.from(bytes)
  for (const [from, to] of rangesOf(pairs)) out.fill(0, from, to)
  return out
}
