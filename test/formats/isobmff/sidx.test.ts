/** The segment index, in hex written after ISO/IEC 14496-12 8.16.3.2. */
import { describe, expect, it } from 'vitest'
import { readSidx } from '../../../lib/formats/isobmff/sidx.ts'
import { boxOf } from './one-box.ts'

const reference = (bytes: string): string => `${bytes} 00002710 90000000`

describe('sidx', () => {
  it('says where subsegments start and the last one ends, counted from its own end', () => {
    const head = '00000038 73696478 00000000 00000001 00003e80 00000000 00000010 0000 0002'
    const box = boxOf(head + reference('00000100') + reference('00000200'))
    expect(readSidx(box)).toEqual([72, 328, 840])
  })

  it('has 64-bit times in version 1', () => {
    const head = '00000034 73696478 01000000 00000001 00003e80 0000000100000000 0000000000000000 0000 0001'
    expect(readSidx(boxOf(head + reference('00000100')))).toEqual([52, 308])
  })

  it('of other indexes tells nothing', () => {
    const head = '0000002c 73696478 00000000 00000001 00003e80 00000000 00000010 0000 0001'
    expect(readSidx(boxOf(head + reference('80000100')))).toEqual([])
  })

  it('that declares more than it holds is refused', () => {
    const head = '0000002c 73696478 00000000 00000001 00003e80 00000000 00000010 0000 ffff'
    expect(() => readSidx(boxOf(head + reference('00000100')))).toThrow(/65535 entries of 12 bytes/)
  })
})
