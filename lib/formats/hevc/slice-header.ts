/**
 * Finds the end of the slice segment header of an H.265 NAL unit (ISO/IEC 23008-2 7.3.6.1), which encryption leaves
 * clear.
 */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { headerBytes } from '../nal.ts'
import type { HevcPps } from './pps.ts'
import { type HevcSliceFacts, readShortTermSet } from './sps.ts'

/** Parameter sets by their ids. */
export interface HevcParameterSets {
  readonly sps: ReadonlyMap<number, HevcSliceFacts>
  readonly pps: ReadonlyMap<number, HevcPps>
}

/** A slice header being read: the bits, and the active sets. */
interface Reading {
  readonly bits: BitReader
  readonly sps: HevcSliceFacts
  readonly pps: HevcPps
}

/**
 * Bytes of the NAL unit (its two header bytes and emulation prevention included) up to the first byte of slice data.
 * `nal` is of a type below 32 and of layer 0. Throws HEVC_PARAMETER_SET if it names a missing set, and BITS_END if it
 * is truncated.
 */
export function hevcSliceHeaderBytes(nal: Uint8Array, sets: HevcParameterSets): number {
  return headerBytes(nal, (rbsp) => rbspHeaderBytes(rbsp, sets))
}

function rbspHeaderBytes(rbsp: Uint8Array, sets: HevcParameterSets): number {
  const bits = new BitReader(rbsp, 'slice segment header')
  bits.flag()
  const type = bits.bits(6)
  bits.bits(9)
  const isFirst = bits.flag()
  if (type >= 16 && type <= 23) bits.flag()
  const pps = named(sets.pps, bits.ue(), 'picture')
  const sps = named(sets.sps, pps.spsId, 'sequence')
  let isDependent = false
  if (!isFirst) {
    isDependent = pps.hasDependentSlices && bits.flag()
    bits.bits(bitsFor(sps.blocks))
  }
  const reading = { bits, sps, pps }
  if (!isDependent) skipIndependent(reading, type === 19 || type === 20)
  if (pps.hasEntryPoints) skipEntryPoints(bits)
  if (pps.hasHeaderExtension) for (let i = bits.ue(); i > 0; i--) bits.bits(8)
  // byte_alignment: a one and zeros.
  const used = rbsp.length * 8 - bits.left + 1
  return Math.ceil(used / 8)
}

function named<Set>(sets: ReadonlyMap<number, Set>, id: number, what: string): Set {
  const set = sets.get(id)
  if (set === undefined)
    throw new HeadendError(
      'HEVC_PARAMETER_SET',
      `slice segment header: expected a known ${what} parameter set, got ${id}`,
    )
  return set
}

/** The bits that number `count` things. */
const bitsFor = (count: number): number => Math.ceil(Math.log2(count))

function skipIndependent(reading: Reading, isIdr: boolean): void {
  const { bits, sps, pps } = reading
  bits.bits(pps.extraHeaderBits)
  const type = bits.ue()
  if (pps.hasOutputFlag) bits.flag()
  if (sps.separatePlanes) bits.bits(2)
  const { pictures, temporalMotion } = isIdr
    ? { pictures: 0, temporalMotion: false }
    : skipReferencePictures(reading)
  const [luma, chroma] = sps.hasSao ? [bits.flag(), sps.hasChroma && bits.flag()] : [false, false]
  if (type < 2) skipPrediction(reading, { isB: type === 0, pictures, temporalMotion })
  bits.se()
  if (pps.hasChromaOffsets) {
    bits.se()
    bits.se()
  }
  if (pps.hasChromaOffsetList) bits.flag()
  let deblockingIsOff = pps.deblockingIsOff
  if (pps.deblockingMayBeOverridden && bits.flag()) {
    deblockingIsOff = bits.flag()
    if (!deblockingIsOff) {
      bits.se()
      bits.se()
    }
  }
  if (pps.filtersAcrossSlices && (luma || chroma || !deblockingIsOff)) bits.flag()
}

/** Skips picture order and reference picture sets; returns the number of reference pictures (NumPicTotalCurr, 7-55). */
function skipReferencePictures({ bits, sps }: Reading): {
  readonly pictures: number
  readonly temporalMotion: boolean
} {
  bits.bits(sps.orderBits)
  let pictures = 0
  const told = !bits.flag()
  if (told) {
    const back = sps.sets.length > 0 && bits.flag() ? bits.ue() + 1 : 0
    pictures += readShortTermSet(bits, sps.sets, back).filter(({ used }) => used).length
  } else {
    const index = sps.sets.length > 1 ? bits.bits(bitsFor(sps.sets.length)) : 0
    pictures += (sps.sets[index] ?? []).filter(({ used }) => used).length
  }
  if (sps.longTerm) {
    const listed = sps.longTerm.length > 0 ? bits.ue() : 0
    const all = listed + bits.ue()
    for (let i = 0; i < all; i++) {
      let used: boolean | undefined
      if (i < listed)
        used = sps.longTerm[sps.longTerm.length > 1 ? bits.bits(bitsFor(sps.longTerm.length)) : 0]
      else {
        bits.bits(sps.orderBits)
        used = bits.flag()
      }
      if (used) pictures++
      if (bits.flag()) bits.ue()
    }
  }
  return { pictures, temporalMotion: sps.hasTemporalMotion && bits.flag() }
}

/** Skips the inter prediction fields of P and B slices. */
function skipPrediction(
  { bits, sps, pps }: Reading,
  {
    isB,
    pictures,
    temporalMotion,
  }: { readonly isB: boolean; readonly pictures: number; readonly temporalMotion: boolean },
): void {
  let [first, second] = pps.references
  if (bits.flag()) {
    first = bits.ue() + 1
    if (isB) second = bits.ue() + 1
  }
  if (pps.hasListChanges && pictures > 1) {
    const width = bitsFor(pictures)
    for (const count of isB ? [first, second] : [first])
      if (bits.flag()) for (let i = 0; i < count; i++) bits.bits(width)
  }
  if (isB) bits.flag()
  if (pps.hasCabacInit) bits.flag()
  if (temporalMotion) {
    const fromFirst = !isB || bits.flag()
    if ((fromFirst ? first : second) > 1) bits.ue()
  }
  if (isB ? pps.weightsB : pps.weightsP) {
    bits.ue()
    if (sps.hasChroma) bits.se()
    for (const count of isB ? [first, second] : [first]) skipWeights(bits, count, sps.hasChroma)
  }
  bits.ue()
}

/** One list of pred_weight_table (7.3.6.3): all flags of luma, all of chroma, then the weights. */
function skipWeights(bits: BitReader, count: number, hasChroma: boolean): void {
  const luma = Array.from({ length: count }, () => bits.flag())
  const chroma = Array.from({ length: count }, () => hasChroma && bits.flag())
  for (let i = 0; i < count; i++) {
    const codes = (luma[i] ? 2 : 0) + (chroma[i] ? 4 : 0)
    for (let code = 0; code < codes; code++) bits.se()
  }
}

function skipEntryPoints(bits: BitReader): void {
  const count = bits.ue()
  if (count === 0) return
  const width = bits.ue() + 1
  for (let i = 0; i < count; i++) bits.bits(width)
}
