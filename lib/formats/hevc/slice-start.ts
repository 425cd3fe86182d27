/** The start of a slice segment header of H.265 (ISO/IEC 23008-2 7.3.6.1): which picture it begins, and its order. */
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import type { HevcParameterSets } from './slice-header.ts'

/** The fields read. */
export interface HevcSliceStart {
  /** first_slice_segment_in_pic_flag. */
  readonly beginsPicture: boolean
  /** slice_pic_order_cnt_lsb, 0 of an IDR picture; absent if it is not the first, or its parameter sets are unknown. */
  readonly order?: number
  /** slice_pic_order_cnt_lsb counts modulo two to the power of this. */
  readonly orderBits?: number
}

/** Bytes that hold all of it. */
const prefixBytes = 24

/** Reads a NAL unit of a type below 32, its two header bytes included. */
export function readHevcSliceStart(nal: Uint8Array, sets: HevcParameterSets): HevcSliceStart {
  const type = ((nal[0] ?? 0) >> 1) & 63
  if (((nal[2] ?? 0) & 0x80) === 0) return { beginsPicture: false }
  const bits = new BitReader(withoutEmulation(nal.subarray(0, prefixBytes)), 'slice segment header')
  bits.bits(17)
  if (type >= 16 && type <= 23) bits.flag()
  const pps = sets.pps.get(bits.ue())
  const sps = pps && sets.sps.get(pps.spsId)
  if (!pps || !sps) return { beginsPicture: true }
  const { orderBits } = sps
  if (type === 19 || type === 20) return { beginsPicture: true, order: 0, orderBits }
  bits.bits(pps.extraHeaderBits)
  bits.ue()
  if (pps.hasOutputFlag) bits.flag()
  if (sps.separatePlanes) bits.bits(2)
  return { beginsPicture: true, order: bits.bits(orderBits), orderBits }
}
