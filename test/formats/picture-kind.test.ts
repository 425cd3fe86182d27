/** What a picture is by its first bytes. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { av1PictureKind, avcPictureKind, hevcPictureKind } from '../../lib/formats/picture-kind.ts'

const start = (hex: string, size?: number) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return { bytes, size: size ?? bytes.length }
}

describe('a picture of H.264', () => {
  it.each([
    ['an IDR picture', '00000004 65888400', 'key'],
    [
      'an IDR picture behind parameter sets and messages',
      '00000002 6764 00000002 0605 00000004 65888400',
      'key',
    ],
    // first_mb_in_slice 0, slice_type 7: all slices of it are I.
    ['slices of type I', '00000005 4188843f00', 'intra'],
    // slice_type 5, then 0: P.
    ['slices of type P', '00000005 419a21ff00', 'other'],
    ['slices of type P among others', '00000005 41e0210000', 'other'],
    ['a data partition', '00000004 42888400', 'other'],
    ['messages alone', '00000002 0605', undefined],
    ['a unit longer than the sample', '7fffffff 65888400', undefined],
    ['a unit of nothing', '00000000 65888400', undefined],
    ['a forbidden bit', '00000004 e5888400', undefined],
    ['no bytes', '', undefined],
  ])('%s', (_name, hex, kind) => {
    expect(avcPictureKind(start(hex), 4)).toBe(kind)
  })

  it('goes on behind what was read', () => {
    expect(avcPictureKind(start('0000ffff 6588', 70_000), 4)).toBe('key')
    expect(avcPictureKind(start('0004 65888400'), 2)).toBe('key')
  })
})

describe('a picture of HEVC', () => {
  it.each([
    ['IDR_W_RADL', '00000003 260100', 'key'],
    ['CRA', '00000003 2a0100', 'key'],
    ['BLA', '00000003 200100', 'key'],
    ['TRAIL_R', '00000003 020100', 'other'],
    ['RASL_N', '00000003 100100', 'other'],
    ['an access unit delimiter in front', '00000003 460150 00000003 260100', 'key'],
    ['parameter sets alone', '00000003 420100', undefined],
  ])('%s', (_name, hex, kind) => {
    expect(hevcPictureKind(start(hex), 4)).toBe(kind)
  })
})

describe('a picture of AV1', () => {
  it.each([
    ['a key frame behind its sequence header', '1200 0a02 0000 3203 100000', 'key'],
    ['a key frame in a header of its own', '1a03 100000', 'key'],
    ['an inter frame', '1200 3203 300000', 'other'],
    ['an intra-only frame', '3203 500000', 'other'],
    ['a frame shown again', '1a02 9000', 'other'],
    ['a frame of a layer', '3600 03 100000', 'key'],
    ['a unit without a size', '30 100000', undefined],
    ['a unit longer than the sample', '32ff7f 100000', undefined],
  ])('%s', (_name, hex, kind) => {
    expect(av1PictureKind(start(hex))).toBe(kind)
  })
})

it('any bytes are a picture of some kind or of none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 100_000 }), (bytes, size) => {
      for (const kind of [
        avcPictureKind({ bytes, size }, 4),
        hevcPictureKind({ bytes, size }, 4),
        av1PictureKind({ bytes, size }),
      ])
        expect(['key', 'intra', 'other', undefined]).toContain(kind)
    }),
  )
})
