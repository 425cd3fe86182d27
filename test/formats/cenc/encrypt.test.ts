import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Subsamples } from '../../../lib/formats/cenc/subsamples.ts'
import { type Atom, atomsOf, child, uint } from '../../judges/cmaf/boxes.ts'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { type Samples, sealCbcs, sealCenc } from './seal.ts'

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const iv = Buffer.from('d5fbd6b82ed93e4ef98ae40931ee33b7', 'hex')

const piecesOfSample = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 500 })), {
  minLength: 1,
  maxLength: 4,
})
/** Samples of a few sizes with clear and protected pieces that fill them: few, or more than are encrypted abreast. */
const samplesOf = fc
  .oneof(
    fc.array(piecesOfSample, { minLength: 1, maxLength: 6 }),
    fc.array(piecesOfSample, { minLength: 40, maxLength: 120 }),
  )
  .map((pieces): Samples => {
    const subsamples = pieces.map((one): Subsamples => one.flat())
    const sizes = Uint32Array.from(subsamples, (pairs) => pairs.reduce((sum, bytes) => sum + bytes, 0))
    const bytes = Uint8Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, (_, i) => i * 7)
    return { bytes, sizes, subsamples }
  })

/** Protected pieces by sample, as offsets in the segment. */
function* piecesOf({ sizes, subsamples }: Samples): Generator<[number, number][]> {
  let at = 0
  for (const [i, size] of sizes.entries()) {
    const pieces: [number, number][] = []
    let offset = at
    const pairs = subsamples?.[i] ?? [0, size]
    for (let pair = 0; pair < pairs.length; pair += 2) {
      offset += pairs[pair] ?? 0
      pieces.push([offset, offset + (pairs[pair + 1] ?? 0)])
      offset += pairs[pair + 1] ?? 0
    }
    yield pieces
    at += size
  }
}

describe('protection by the counter', () => {
  it('equals a cipher of its own for each sample, and no counter block serves twice', () => {
    fc.assert(
      fc.property(samplesOf, (samples) => {
        const sealed = { ...samples, bytes: samples.bytes.slice() }
        const ivs = sealCenc(key, iv, sealed)
        const expected = samples.bytes.slice()
        const used = new Set<string>()
        let sample = 0
        for (const pieces of piecesOf(samples)) {
          const own = ivs.subarray(16 * sample, 16 * ++sample)
          const cipher = createCipheriv('aes-128-ctr', key, own)
          let bytes = 0
          for (const [from, to] of pieces) {
            expected.set(cipher.update(samples.bytes.subarray(from, to)), from)
            bytes += to - from
          }
          const counter = Buffer.from(own)
          const first = counter.readBigUInt64BE(8)
          for (let block = 0; block * 16 < bytes; block++) {
            const name = `${counter.toString('hex', 0, 8)}${BigInt.asUintN(64, first + BigInt(block))}`
            expect(used).not.toContain(name)
            used.add(name)
          }
        }
        expect(sealed.bytes).toEqual(expected)
      }),
    )
  })
})

describe('protection by the chain', () => {
  it.each([
    ['whole', { crypt: 0, skip: 0 }],
    ['one block in ten', { crypt: 1, skip: 9 }],
    ['three in five', { crypt: 3, skip: 2 }],
  ])('equals a chain of its own for each piece: %s', (_name, pattern) => {
    fc.assert(
      fc.property(samplesOf, (samples) => {
        const sealed = { ...samples, bytes: samples.bytes.slice() }
        sealCbcs({ key, iv, pattern }, sealed)
        const expected = samples.bytes.slice()
        for (const pieces of piecesOf(samples))
          for (const [from, to] of pieces) {
            const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
            for (let at = from, block = 0; at + 16 <= to; at += 16, block++) {
              const isIn = pattern.skip === 0 || block % (pattern.crypt + pattern.skip) < pattern.crypt
              if (isIn) expected.set(cipher.update(samples.bytes.subarray(at, at + 16)), at)
            }
          }
        expect(sealed.bytes).toEqual(expected)
      }),
    )
  })
})

describe.skipIf(corpusMissing !== undefined)(`known answers ${corpusMissing ?? ''}`, () => {
  it.each([
    ['prog_8s_enc_dashinit.mp4', 'prog_8s_dec_dashinit.mp4', '63cb5f7184dd4b689a5c5ff11ee6a328', 'cenc'],
    ['cbcs.mp4', 'cbcsdec.mp4', '22bdb0063805260307ee5045c0f3835a', 'cbcs'],
  ])('%s is what becomes of %s', (protectedName, clearName, hex, scheme) => {
    const read = (name: string) => fragmentsOf(readFileSync(join(corpus, 'media', 'encrypted', name)))
    const [sealed, clear] = [read(protectedName), read(clearName)]
    let compared = 0
    for (const [i, fragment] of sealed.entries()) {
      if (!fragment.entries) continue
      const bytes = clear[i]?.bytes.slice() ?? new Uint8Array()
      const { sizes } = fragment
      let at = 0
      for (const [sample, size] of sizes.entries()) {
        const { iv: own, pairs } = fragment.entries[sample] ?? { iv: new Uint8Array(), pairs: undefined }
        const one = {
          bytes: bytes.subarray(at, at + size),
          sizes: Uint32Array.of(size),
          ...(pairs && { subsamples: [pairs] }),
        }
        if (scheme === 'cenc') sealCenc(Buffer.from(hex, 'hex'), own, one)
        else
          sealCbcs({ key: Buffer.from(hex, 'hex'), iv: fragment.constantIv, pattern: fragment.pattern }, one)
        at += size
      }
      expect(Buffer.from(bytes).equals(fragment.bytes), `fragment ${i}`).toBe(true)
      compared += sizes.length
    }
    expect(compared).toBeGreaterThan(20)
  })
})

interface Fragment {
  readonly bytes: Uint8Array
  readonly sizes: readonly number[]
  readonly entries?: readonly { readonly iv: Uint8Array; readonly pairs?: Subsamples }[]
  readonly constantIv: Uint8Array
  readonly pattern: { readonly crypt: number; readonly skip: number }
}

/** Every fragment of a file that has one track run each, with what `senc` says. */
function fragmentsOf(file: Buffer): Fragment[] {
  const atoms = atomsOf(file)
  const tencs = new Map<number, Atom>()
  for (const trak of atoms.find(({ type }) => type === 'moov')?.children ?? []) {
    const tenc = file.subarray(trak.at, trak.at + trak.bytes.length).indexOf('tenc')
    const id = child(trak, 'tkhd')
    if (tenc > 0 && id) {
      const at = trak.at + tenc - 4
      tencs.set(uint(id, 12, 4), atomsOf(file.subarray(at, at + file.readUInt32BE(at)))[0] ?? id)
    }
  }
  const fragments: Fragment[] = []
  for (const moof of atoms.filter(({ type }) => type === 'moof'))
    for (const traf of moof.children.filter(({ type }) => type === 'traf')) {
      const trun = child(traf, 'trun')
      const tfhd = child(traf, 'tfhd')
      if (!trun || !tfhd) continue
      const sizes = sizesOf(trun, tfhd)
      const flags = uint(trun, 0, 4) & 0xffffff
      if (!(flags & 1)) continue
      const from = moof.at + uint(trun, 8, 4)
      const length = sizes.reduce((sum, size) => sum + size, 0)
      const tenc = tencs.get(uint(tfhd, 4, 4))
      const ivBytes = tenc ? uint(tenc, 7, 1) : 0
      const senc = child(traf, 'senc')
      const blocks = tenc ? uint(tenc, 5, 1) : 0
      const constantIv =
        tenc && ivBytes === 0 ? tenc.bytes.subarray(tenc.body + 25, tenc.body + 41) : new Uint8Array()
      fragments.push({
        bytes: file.subarray(from, from + length),
        sizes,
        ...(senc && { entries: entriesOf(senc, ivBytes) }),
        constantIv,
        pattern: { crypt: blocks >> 4, skip: blocks & 15 },
      })
    }
  return fragments
}

function sizesOf(trun: Atom, tfhd: Atom): number[] {
  const flags = uint(trun, 0, 4) & 0xffffff
  const common = uint(tfhd, 0, 4) & 0xffffff
  const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag)
  const first = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0)
  const before = [0x1, 0x2, 0x8].filter((flag) => common & flag)
  const usual = 8 + before.reduce((sum, flag) => sum + (flag === 1 ? 8 : 4), 0)
  return Array.from({ length: uint(trun, 4, 4) }, (_, i) =>
    flags & 0x200
      ? uint(trun, first + i * fields.length * 4 + fields.indexOf(0x200) * 4, 4)
      : uint(tfhd, usual, 4),
  )
}

function entriesOf(senc: Atom, ivBytes: number): { iv: Uint8Array; pairs?: Subsamples }[] {
  const hasPairs = (uint(senc, 0, 4) & 2) !== 0
  let at = 8
  return Array.from({ length: uint(senc, 4, 4) }, () => {
    const own = new Uint8Array(16)
    own.set(senc.bytes.subarray(senc.body + at, senc.body + at + ivBytes))
    at += ivBytes
    if (!hasPairs) return { iv: own }
    const count = uint(senc, at, 2)
    at += 2
    const pairs: number[] = []
    for (let i = 0; i < count; i++, at += 6) pairs.push(uint(senc, at, 2), uint(senc, at + 2, 4))
    return { iv: own, pairs }
  })
}
