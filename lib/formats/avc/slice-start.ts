/** The start of a slice header of H.264 (ISO/IEC 14496-10 7.3.3), by which pictures are told apart and ordered. */
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import type { AvcParameterSets } from './slice-header.ts'

/** The fields that all slices of a picture share, or its first. */
export interface AvcSliceStart {
  readonly firstBlock: number
  readonly isIdr: boolean
  readonly isReference: boolean
  readonly ppsId: number
  /** Absent if the parameter sets are unknown; then the others are, too. */
  readonly frameNumber?: number
  readonly field?: 'top' | 'bottom'
  readonly idrId?: number
  /** pic_order_cnt_lsb, or delta_pic_order_cnt[0]. */
  readonly order?: number
  readonly orderBottom?: number
}

/** Bytes that hold all of it. */
const prefixBytes = 48

/** Reads a NAL unit of type 1, 2 or 5, its header byte included. */
export function readAvcSliceStart(nal: Uint8Array, sets: AvcParameterSets): AvcSliceStart {
  const bits = new BitReader(withoutEmulation(nal.subarray(0, prefixBytes)), 'slice header')
  bits.flag()
  const isReference = bits.bits(2) !== 0
  const isIdr = bits.bits(5) === 5
  const firstBlock = bits.ue()
  bits.ue()
  const ppsId = bits.ue()
  const shared = { firstBlock, isIdr, isReference, ppsId }
  const pps = sets.pps.get(ppsId)
  const sps = pps && sets.sps.get(pps.spsId)
  if (!pps || !sps) return shared
  if (sps.separatePlanes) bits.bits(2)
  const frameNumber = bits.bits(sps.frameNumberBits)
  const isField = !sps.framesOnly && bits.flag()
  const field = isField ? (bits.flag() ? 'bottom' : 'top') : undefined
  const idrId = isIdr ? bits.ue() : undefined
  const hasBottom = pps.hasFieldOrder && !isField
  let order: number | undefined
  let orderBottom: number | undefined
  if (sps.orderType === 0) order = bits.bits(sps.orderBits)
  else if (sps.orderType === 1 && !sps.orderDeltasAreZero) order = bits.se()
  if (order !== undefined && hasBottom) orderBottom = bits.se()
  return {
    ...shared,
    frameNumber,
    ...(field && { field }),
    ...(idrId !== undefined && { idrId }),
    ...(order !== undefined && { order }),
    ...(orderBottom !== undefined && { orderBottom }),
  }
}

/** True if `next` begins another primary coded picture than `slice` belongs to (7.4.1.2.4). */
export function beginsAvcPicture(slice: AvcSliceStart, next: AvcSliceStart): boolean {
  if (slice.frameNumber === undefined || next.frameNumber === undefined) return next.firstBlock === 0
  return (
    slice.frameNumber !== next.frameNumber ||
    slice.ppsId !== next.ppsId ||
    slice.field !== next.field ||
    slice.isReference !== next.isReference ||
    slice.isIdr !== next.isIdr ||
    slice.idrId !== next.idrId ||
    slice.order !== next.order ||
    slice.orderBottom !== next.orderBottom
  )
}

/** True if `next` is the second field of the frame whose first field `slice` belongs to (3.30). */
export const completesAvcFrame = (slice: AvcSliceStart, next: AvcSliceStart): boolean =>
  slice.field !== undefined &&
  next.field !== undefined &&
  slice.field !== next.field &&
  slice.frameNumber === next.frameNumber &&
  !next.isIdr
