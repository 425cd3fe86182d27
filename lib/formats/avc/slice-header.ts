/**
 * Finds the end of the slice header of an H.264 NAL unit (ISO/IEC 14496-10 7.3.3), which encryption must leave clear.
 */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { headerBytes } from '../nal.ts'
import type { AvcPps } from './pps.ts'
import type { AvcSliceFacts } from './sps.ts'

/** Parameter sets by their ids. */
export interface AvcParameterSets {
  readonly sps: ReadonlyMap<number, AvcSliceFacts>
  readonly pps: ReadonlyMap<number, AvcPps>
}

const sliceTypes = ['P', 'B', 'I', 'SP', 'SI'] as const

/**
 * Bytes of the NAL unit (its header byte and emulation prevention included) up to the end of the slice header, rounded
 * up. `nal` is of type 1 or 5. Throws AVC_PARAMETER_SET if it names a missing set, and BITS_END if it is truncated.
 */
export function avcSliceHeaderBytes(nal: Uint8Array, sets: AvcParameterSets): number {
  return headerBytes(nal, (rbsp) => rbspHeaderBytes(rbsp, sets))
}

function rbspHeaderBytes(rbsp: Uint8Array, sets: AvcParameterSets): number {
  const bits = new BitReader(rbsp, 'slice header')
  bits.flag()
  const isReference = bits.bits(2) !== 0
  const isIdr = bits.bits(5) === 5
  bits.ue()
  const type = sliceTypes[bits.ue() % 5] ?? 'P'
  const pps = named(sets.pps, bits.ue(), 'picture')
  const sps = named(sets.sps, pps.spsId, 'sequence')
  if (sps.separatePlanes) bits.bits(2)
  bits.bits(sps.frameNumberBits)
  const isField = !sps.framesOnly && bits.flag()
  if (isField) bits.flag()
  if (isIdr) bits.ue()
  skipOrder(bits, sps, pps.hasFieldOrder && !isField)
  if (pps.hasRedundantCount) bits.ue()
  const isB = type === 'B'
  const isP = type === 'P' || type === 'SP'
  if (isB) bits.flag()
  let [first, second] = pps.references
  if ((isP || isB) && bits.flag()) {
    first = bits.ue() + 1
    if (isB) second = bits.ue() + 1
  }
  if (isP || isB) skipListChanges(bits)
  if (isB) skipListChanges(bits)
  if ((pps.weightsP && isP) || (pps.weightsB === 1 && isB))
    skipWeights(bits, sps.hasChroma, first + (isB ? second : 0))
  if (isReference) skipMarking(bits, isIdr)
  if (pps.cabac && (isP || isB)) bits.ue()
  bits.se()
  if (type === 'SP') bits.flag()
  if (type === 'SP' || type === 'SI') bits.se()
  if (pps.hasDeblocking && bits.ue() !== 1) {
    bits.se()
    bits.se()
  }
  if (pps.groupChangeRate !== undefined)
    bits.bits(Math.ceil(Math.log2(Math.ceil(sps.mapUnits / pps.groupChangeRate) + 1)))
  return Math.ceil((rbsp.length * 8 - bits.left) / 8)
}

function named<Set>(sets: ReadonlyMap<number, Set>, id: number, what: string): Set {
  const set = sets.get(id)
  if (set === undefined)
    throw new HeadendError(
      'AVC_PARAMETER_SET',
      `slice header: expected a known ${what} parameter set, got ${id}`,
    )
  return set
}

function skipOrder(bits: BitReader, sps: AvcSliceFacts, bottomToo: boolean): void {
  if (sps.orderType === 0) {
    bits.bits(sps.orderBits)
    if (bottomToo) bits.se()
  } else if (sps.orderType === 1 && !sps.orderDeltasAreZero) {
    bits.se()
    if (bottomToo) bits.se()
  }
}

/** ref_pic_list_modification of one list (7.3.3.1). */
function skipListChanges(bits: BitReader): void {
  if (!bits.flag()) return
  while (bits.ue() !== 3) bits.ue()
}

/** pred_weight_table (7.3.3.2): the syntax is the same for each list. */
function skipWeights(bits: BitReader, hasChroma: boolean, references: number): void {
  bits.ue()
  if (hasChroma) bits.ue()
  for (let i = 0; i < references; i++) {
    if (bits.flag()) skipSigned(bits, 2)
    if (hasChroma && bits.flag()) skipSigned(bits, 4)
  }
}

function skipSigned(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) bits.se()
}

/** dec_ref_pic_marking (7.3.3.3). */
function skipMarking(bits: BitReader, isIdr: boolean): void {
  if (isIdr) {
    bits.bits(2)
    return
  }
  if (!bits.flag()) return
  for (let operation = bits.ue(); operation !== 0; operation = bits.ue()) {
    if (operation !== 5) bits.ue()
    if (operation === 3) bits.ue()
  }
}
