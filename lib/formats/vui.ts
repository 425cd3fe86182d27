/**
 * Start of the video usability information, which H.264 and H.265 share (ISO/IEC 14496-10 and 23008-2, E.2.1): aspect
 * ratio and colour; and the clock behind it, which stands in different places.
 */
import { HeadendError } from '../errors.ts'
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
  /** Absent if not stated, or cut off. */
  readonly clock?: VideoClock
}

/** num_units_in_tick and time_scale: a tick lasts a field in H.264, a picture in H.265. */
export interface VideoClock {
  readonly units: number
  readonly scale: number
}

/** Bits between chroma_loc_info and timing_info: H.264 has none, H.265 flags and a window of its own. */
type SkipToClock = (bits: BitReader) => void

/** Reads it as far as the clock; `bits` is after vui_parameters_present_flag. */
export function readVui(bits: BitReader, skipToClock: SkipToClock): Vui {
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
  const clock = readClock(bits, skipToClock)
  return {
    ...(aspect && aspect[0] > 0 && aspect[1] > 0 && { pixelAspect: aspect }),
    ...(colour && { colour }),
    ...(clock && { clock }),
  }
}

/** Some writers end here: what is said so far counts. */
function readClock(bits: BitReader, skipToClock: SkipToClock): VideoClock | undefined {
  try {
    if (bits.flag()) {
      bits.ue()
      bits.ue()
    }
    skipToClock(bits)
    if (!bits.flag()) return undefined
    const [units, scale] = [bits.bits(32), bits.bits(32)]
    return units > 0 && scale > 0 ? { units, scale } : undefined
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
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
