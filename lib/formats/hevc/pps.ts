/** Picture parameter set of H.265 (ISO/IEC 23008-2 7.3.2.3): the fields that slice segment headers depend on. */
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'
import { skipScalingLists } from './sps.ts'

/** The facts needed to read a slice segment header. */
export interface HevcPps {
  readonly id: number
  readonly spsId: number
  readonly hasDependentSlices: boolean
  readonly hasOutputFlag: boolean
  readonly extraHeaderBits: number
  readonly hasCabacInit: boolean
  /** Default numbers of reference pictures in list 0 and 1. */
  readonly references: readonly [number, number]
  readonly hasChromaOffsets: boolean
  readonly weightsP: boolean
  readonly weightsB: boolean
  /** Tiles or wavefronts: the header lists their entry points. */
  readonly hasEntryPoints: boolean
  readonly filtersAcrossSlices: boolean
  readonly deblockingMayBeOverridden: boolean
  readonly deblockingIsOff: boolean
  readonly hasListChanges: boolean
  readonly hasHeaderExtension: boolean
  readonly hasChromaOffsetList: boolean
}

/** Reads one NAL unit, its two header bytes included. */
export function readHevcPps(nal: Uint8Array): HevcPps {
  const bits = new BitReader(withoutEmulation(nal), 'pps')
  bits.bits(16)
  const id = bits.ue()
  const spsId = bits.ue()
  const hasDependentSlices = bits.flag()
  const hasOutputFlag = bits.flag()
  const extraHeaderBits = bits.bits(3)
  bits.flag()
  const hasCabacInit = bits.flag()
  const references = [bits.ue() + 1, bits.ue() + 1] as const
  bits.se()
  bits.flag()
  const skipsTransform = bits.flag()
  if (bits.flag()) bits.ue()
  bits.se()
  bits.se()
  const hasChromaOffsets = bits.flag()
  const weightsP = bits.flag()
  const weightsB = bits.flag()
  bits.flag()
  const hasTiles = bits.flag()
  const hasWavefronts = bits.flag()
  if (hasTiles) skipTiles(bits)
  const filtersAcrossSlices = bits.flag()
  let deblockingMayBeOverridden = false
  let deblockingIsOff = false
  if (bits.flag()) {
    deblockingMayBeOverridden = bits.flag()
    deblockingIsOff = bits.flag()
    if (!deblockingIsOff) {
      bits.se()
      bits.se()
    }
  }
  if (bits.flag()) skipScalingLists(bits)
  const hasListChanges = bits.flag()
  bits.ue()
  const hasHeaderExtension = bits.flag()
  return {
    id,
    spsId,
    hasDependentSlices,
    hasOutputFlag,
    extraHeaderBits,
    hasCabacInit,
    references,
    hasChromaOffsets,
    weightsP,
    weightsB,
    hasEntryPoints: hasTiles || hasWavefronts,
    filtersAcrossSlices,
    deblockingMayBeOverridden,
    deblockingIsOff,
    hasListChanges,
    hasHeaderExtension,
    hasChromaOffsetList: chromaOffsetList(bits, skipsTransform),
  }
}

function skipTiles(bits: BitReader): void {
  const columns = bits.ue()
  const rows = bits.ue()
  if (!bits.flag()) for (let i = 0; i < columns + rows; i++) bits.ue()
  bits.flag()
}

/** chroma_qp_offset_list_enabled_flag of the range extension (7.3.2.3.2). */
function chromaOffsetList(bits: BitReader, skipsTransform: boolean): boolean {
  if (!bits.flag()) return false
  const hasRange = bits.flag()
  bits.bits(7)
  if (!hasRange) return false
  if (skipsTransform) bits.ue()
  bits.flag()
  return bits.flag()
}
