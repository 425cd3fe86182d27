/**
 * Start of the video usability information, which H.264 and H.265 share (ISO/IEC 14496-10 and 23008-2, E.2.1): aspect
 * ratio and colour.
 */
import type { BitReader } from './bits.ts'

/** The parsed fields. */
export interface Vui {
  readonly pixelAspect?: readonly [number, number]
  readonly colour?: {
    readonly primaries: number
    readonly transfer: number
    readonly matrix: number
    readonly fullRange: boolean
  }
}

/** Reads it as far as the colours; `bits` is after vui_parameters_present_flag. */
export function readVui(bits: BitReader): Vui {
  let aspect: readonly [number, number] | undefined
  if (bits.flag()) {
    const idc = bits.bits(8)
    aspect = idc === 255 ? [bits.bits(16), bits.bits(16)] : aspects[idc]
  }
  if (bits.flag()) bits.flag()
  let colour: Vui['colour']
  if (bits.flag()) {
    bits.bits(3)
    const fullRange = bits.flag()
    if (bits.flag())
      colour = { primaries: bits.bits(8), transfer: bits.bits(8), matrix: bits.bits(8), fullRange }
  }
  return {
    ...(aspect && aspect[0] > 0 && aspect[1] > 0 && { pixelAspect: aspect }),
    ...(colour && { colour }),
  }
}

/** Aspect ratios by aspect_ratio_idc (table E-1). */
const aspects: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
]
