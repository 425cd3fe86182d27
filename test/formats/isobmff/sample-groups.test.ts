/** Groups of samples: sgpd and sbgp, and what they and their neighbours say of where decoders can start. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { readRandomAccess, readRollDistance } from '../../../lib/formats/isobmff/random-access.ts'
import { readSbgp, sbgpBytes, writeSbgp } from '../../../lib/formats/isobmff/sbgp.ts'
import { readRoll, seigBytes, writeRoll, writeSeig } from '../../../lib/formats/isobmff/sgpd.ts'
import { outcomes } from '../outcomes.ts'
import { boxOf, hex, written } from './one-box.ts'

// As FFmpeg 5.1.9 writes them for AAC.
const roll = '0000001a 73677064 01000000 726f6c6c 00000002 00000001 ffff'
const allRoll = '0000001c 73626770 00000000 726f6c6c 00000001 00000292 00000001'
const stss = '00000014 73747373 00000000 00000001 00000001'
// As Shaka Packager 3.4.2 writes them of pictures whose key changed.
const kid = '112233445566778899aabbccddeeff00'
const iv = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'
const seig = {
  cbcs: `0000003d 73677064 01000000 73656967 00000025 00000001 00190100 ${kid} 10 ${iv}`,
  cenc: `0000002c 73677064 01000000 73656967 00000014 00000001 00000110 ${kid}`,
}
const allSeig = '0000001c 73626770 00000000 73656967 00000001 00000080 00010001'
/** Samples 4 and 7 of 8 (ISO/IEC 14496-12 10.4). */
const rap =
  '0000003c 73626770 00000000 72617020 00000005 00000003 00000000 00000001 00000001 00000002 00000000 00000001 00000001 00000001 00000000'
/** Sample 5 (QuickTime File Format). */
const stps = '00000014 73747073 00000000 00000001 00000005'

const container = (...children: readonly string[]) => {
  const body = Buffer.from(children.join('').replaceAll(/\s/g, ''), 'hex')
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write('stbl', 4, 'latin1')
  return boxOf(Buffer.concat([head, body]))
}

describe('vectors', () => {
  it('sgpd and sbgp of sound that needs the frame before', () => {
    expect(readRoll(boxOf(roll))).toBe(-1)
    const { grouping, counts, groups } = readSbgp(boxOf(allRoll))
    expect([grouping, [...counts], [...groups]]).toEqual(['roll', [0x292], [1]])
    expect(readRollDistance(container(roll, allRoll))).toBe(-1)
  })

  it('groups that tell nothing of all sound', () => {
    const some = allRoll.replace(/00000001$/, '00000000')
    expect(readRollDistance(container(roll, some))).toBeUndefined()
    expect(readRollDistance(container(rap))).toBeUndefined()
    const two = '0000001c 73677064 01000000 726f6c6c 00000002 00000002 ffff fffe'
    expect(readRoll(boxOf(two))).toBeUndefined()
    expect(readRoll(boxOf(roll.replace('01000000', '02000000')))).toBeUndefined()
  })

  it('a key of their own, of all samples of a fragment', () => {
    const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
    const cbcs = { kid: bytes(kid), iv: { constant: bytes(iv) }, pattern: { crypt: 1, skip: 9 } }
    const cenc = { kid: bytes(kid), iv: { perSampleBytes: 16 } } as const
    expect(hex(written((to) => writeSeig(to, cbcs)))).toBe(seig.cbcs.replaceAll(' ', ''))
    expect(hex(written((to) => writeSeig(to, cenc)))).toBe(seig.cenc.replaceAll(' ', ''))
    expect([seigBytes(cbcs), seigBytes(cenc)]).toEqual([0x3d, 0x2c])
    expect(hex(written((to) => writeSbgp(to, 'seig', { count: 0x80, own: true })))).toBe(
      allSeig.replaceAll(' ', ''),
    )
  })

  it('key frames in stss, in stps and in the group rap', () => {
    expect([...readRandomAccess(container(rap, stps), boxOf(stss), 8)]).toEqual([1, 0, 0, 1, 1, 0, 1, 0])
  })

  it('a compressed moov is refused with what to do', () => {
    const cmov = boxOf('00000018 6d6f6f76 00000010 636d6f76 0000000864636f6d')
    expect(() => readMoov(cmov)).toThrow('save the film without compressing its header')
  })
})

describe('what is written is read again', () => {
  it('sgpd and sbgp', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: -1 }), fc.nat({ max: 0xffffffff }), (distance, count) => {
        expect(readRoll(boxOf(written((to) => writeRoll(to, distance))))).toBe(distance)
        const sbgp = written((to) => writeSbgp(to, 'roll', { count }))
        expect(sbgp).toHaveLength(sbgpBytes)
        expect([...readSbgp(boxOf(sbgp)).counts]).toEqual([count])
      }),
    )
    expect(hex(written((to) => writeRoll(to, -1)))).toBe(roll.replaceAll(' ', ''))
    expect(hex(written((to) => writeSbgp(to, 'roll', { count: 0x292 })))).toBe(allRoll.replaceAll(' ', ''))
  })
})

describe('changed bytes', () => {
  it('are read or refused', () => {
    const bytes = Buffer.from([roll, rap, stps, stss].join('').replaceAll(/\s/g, ''), 'hex')
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }))
    const seen = outcomes()
    let marked = 0
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const film = Buffer.from(bytes)
        for (const [at, value] of changes) film[at] = value
        seen.count(() => {
          const stbl = container(hex(film))
          const keyFrames = [...readRandomAccess(stbl, boxOf(stss), 8)]
          expect(keyFrames).toHaveLength(8)
          readRollDistance(stbl)
          if (film.equals(bytes)) expect(keyFrames).toEqual([1, 0, 0, 1, 1, 0, 1, 0])
          marked += keyFrames.filter((one) => one === 1).length
        })
      }),
      { numRuns: 1000, seed: 9 },
    )
    seen.expectBoth(50)
    expect(marked).toBeGreaterThan(500)
  })
})
