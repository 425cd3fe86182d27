import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader } from '../../lib/formats/bits.ts'
import { BitWriter } from './bit-writer.ts'

const field = fc.oneof(
  fc
    .integer({ min: 1, max: 32 })
    .chain((count) =>
      fc
        .integer({ min: 0, max: 2 ** 31 - 1 })
        .map((value) => ({ kind: 'bits' as const, count, value: value % 2 ** count })),
    ),
  fc.boolean().map((value) => ({ kind: 'flag' as const, value })),
  fc
    .oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 31 - 2 }))
    .map((value) => ({ kind: 'ue' as const, value })),
)

describe('bits', () => {
  it('come out as they went in, in whatever order their kinds are', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 40 }), (fields) => {
        const writer = new BitWriter()
        for (const one of fields)
          if (one.kind === 'bits') writer.bits(one.value, one.count)
          else if (one.kind === 'flag') writer.flag(one.value)
          else writer.ue(one.value)
        const reader = new BitReader(writer.bytes, 'test')
        for (const one of fields)
          expect(one.kind === 'bits' ? reader.bits(one.count) : reader[one.kind]()).toBe(one.value)
      }),
    )
  })

  it.each([
    ['no bits', [], 'BITS_END'],
    ['zeros to the end', [0, 0], 'BITS_END'],
    ['a prefix whose value is missing', [0b00000001], 'BITS_END'],
    ['31 zeros and nothing more', [0, 0, 0], 'BITS_END'],
    ['32 zeros', [0, 0, 0, 0], 'BITS_GOLOMB'],
    ['40 zeros and a one', [0, 0, 0, 0, 0, 255], 'BITS_GOLOMB'],
  ])('refuse a code of %s', (_what, bytes, code) => {
    expect(() => new BitReader(Uint8Array.from(bytes), 'test').ue()).toThrow(
      expect.objectContaining({ code }),
    )
  })

  it('refuse to be read beyond their end, and stay where they are', () => {
    const reader = new BitReader(Uint8Array.of(0xa5), 'test')
    expect(() => reader.bits(9)).toThrow(expect.objectContaining({ code: 'BITS_END' }))
    expect(reader.bits(8)).toBe(0xa5)
    expect(() => reader.flag()).toThrow(expect.objectContaining({ code: 'BITS_END' }))
    expect(reader.bits(0)).toBe(0)
  })
})
