/** Colour of an AV1 sequence (AV1 bitstream specification 5.5.2). */
import type { BitReader } from '../bits.ts'

/** Bit depth, range and colour description. */
export interface Av1Colour {
  readonly bitDepth: number
  readonly monochrome: boolean
  readonly fullRange: boolean
  /** Absent if the stream has no description. */
  readonly colour?: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
  readonly planes: Av1Planes
}

/** The properties of planes on which the syntax of frame headers depends. */
export interface Av1Planes {
  readonly hasChroma: boolean
  /** Chroma is subsampled both ways (4:2:0). */
  readonly isQuartered: boolean
  /** The two chroma planes may be quantized differently. */
  readonly separateQuantizers: boolean
}

/** Reads color_config. */
export function readAv1Colour(bits: BitReader, profile: number): Av1Colour {
  const isHigh = bits.flag()
  const bitDepth = profile === 2 && isHigh ? (bits.flag() ? 12 : 10) : isHigh ? 10 : 8
  const monochrome = profile !== 1 && bits.flag()
  const colour = bits.flag()
    ? { primaries: bits.bits(8), transfer: bits.bits(8), matrix: bits.bits(8) }
    : undefined
  // sRGB has no range field and no chroma subsampling.
  const isSrgb = !monochrome && colour?.primaries === 1 && colour.transfer === 13 && colour.matrix === 0
  const fullRange = isSrgb || bits.flag()
  const isQuartered = monochrome || (!isSrgb && readQuartered(bits, profile, bitDepth))
  if (!monochrome && isQuartered) bits.bits(2)
  const separateQuantizers = !monochrome && bits.flag()
  return {
    bitDepth,
    monochrome,
    fullRange,
    ...(colour && { colour }),
    planes: { hasChroma: !monochrome, isQuartered, separateQuantizers },
  }
}

/** Subsampling follows from the profile, except for 12 bits in the professional profile. */
function readQuartered(bits: BitReader, profile: number, bitDepth: number): boolean {
  if (profile === 2 && bitDepth === 12) return bits.flag() && bits.flag()
  return profile === 0
}
