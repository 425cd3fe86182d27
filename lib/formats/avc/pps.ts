/** Picture parameter set of H.264 (ISO/IEC 14496-10 7.3.2.2): the fields that slice headers depend on. */
import { BitReader } from '../bits.ts'
import { withoutEmulation } from '../nal.ts'

/** The facts needed to read a slice header. */
export interface AvcPps {
  readonly id: number
  readonly spsId: number
  readonly cabac: boolean
  /** Bottom fields of a frame have their own order count. */
  readonly hasFieldOrder: boolean
  /** The slice group change rate, for types whose slice groups change (3 to 5). */
  readonly groupChangeRate?: number
  /** Default numbers of reference pictures in list 0 and 1. */
  readonly references: readonly [number, number]
  readonly weightsP: boolean
  /** 1: weights of B slices are explicit. */
  readonly weightsB: number
  readonly hasDeblocking: boolean
  readonly hasRedundantCount: boolean
}

/** Reads one NAL unit, its header byte included. */
export function readAvcPps(nal: Uint8Array): AvcPps {
  const bits = new BitReader(withoutEmulation(nal), 'pps')
  bits.bits(8)
  const id = bits.ue()
  const spsId = bits.ue()
  const cabac = bits.flag()
  const hasFieldOrder = bits.flag()
  const groups = bits.ue() + 1
  const groupChangeRate = groups > 1 ? sliceGroups(bits, groups) : undefined
  const references = [bits.ue() + 1, bits.ue() + 1] as const
  const weightsP = bits.flag()
  const weightsB = bits.bits(2)
  bits.se()
  bits.se()
  bits.se()
  const hasDeblocking = bits.flag()
  bits.flag()
  return {
    id,
    spsId,
    cabac,
    hasFieldOrder,
    ...(groupChangeRate !== undefined && { groupChangeRate }),
    references,
    weightsP,
    weightsB,
    hasDeblocking,
    hasRedundantCount: bits.flag(),
  }
}

/** Skips the map of slice groups; returns the change rate if the type has one. */
function sliceGroups(bits: BitReader, groups: number): number | undefined {
  const type = bits.ue()
  if (type === 0) for (let i = 0; i < groups; i++) bits.ue()
  else if (type === 2)
    for (let i = 0; i < groups - 1; i++) {
      bits.ue()
      bits.ue()
    }
  else if (type >= 3 && type <= 5) {
    bits.flag()
    return bits.ue() + 1
  } else if (type === 6) {
    const width = Math.ceil(Math.log2(groups))
    for (let i = bits.ue() + 1; i > 0; i--) bits.bits(width)
  }
  return undefined
}
