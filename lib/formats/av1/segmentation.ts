/** Quantization of AV1 frames and of their segments (AV1 bitstream specification 5.9.12 to 5.9.18). */
import type { BitReader } from '../bits.ts'
import type { Av1Planes } from './color-config.ts'

/** The quantizer delta of each of eight segments; undefined if the segment has none. */
export type Segmentation = readonly (number | undefined)[]

/** For a frame without segmentation. */
const noSegmentation: Segmentation = []

/** Quantization of a whole frame. */
export interface Quantization {
  /** base_q_idx. */
  readonly base: number
  /** No plane has a delta. */
  readonly isPlain: boolean
}

/** quantization_params. */
export function readQuantization(bits: BitReader, planes: Av1Planes): Quantization {
  const base = bits.bits(8)
  let isPlain = readDelta(bits) === 0
  if (planes.hasChroma) {
    const isApart = planes.separateQuantizers && bits.flag()
    for (let i = 0; i < (isApart ? 4 : 2); i++) isPlain = readDelta(bits) === 0 && isPlain
  }
  if (bits.flag()) bits.bits(planes.separateQuantizers ? 12 : 8)
  return { base, isPlain }
}

/** read_delta_q. */
const readDelta = (bits: BitReader): number => (bits.flag() ? bits.bits(7) : 0)

/** Segment features in order: the quantizer, four loop filters, a reference, skipping, global motion. */
const featureBits = [9, 7, 7, 7, 7, 3, 0, 0]

/** Reads segmentation_params; `previous` is that of the primary reference, absent if there is none. */
export function readSegmentation(bits: BitReader, previous: Segmentation | undefined): Segmentation {
  if (!bits.flag()) return noSegmentation
  if (previous !== undefined) {
    if (bits.flag()) bits.flag()
    if (!bits.flag()) return previous
  }
  return Array.from({ length: 8 }, () => {
    let quantizer: number | undefined
    for (const [feature, width] of featureBits.entries()) {
      if (!bits.flag()) continue
      const value = bits.bits(width)
      if (feature === 0) quantizer = value < 256 ? value : value - 512
    }
    return quantizer
  })
}

/** delta_q_params and delta_lf_params. */
export function skipBlockDeltas(bits: BitReader, { base }: Quantization, copiesWithin: boolean): void {
  if (base === 0 || !bits.flag()) return
  bits.bits(2)
  if (!copiesWithin && bits.flag()) bits.bits(3)
}

/** CodedLossless: every segment's quantizer is lossless (7.12.2). */
export function isLossless({ base, isPlain }: Quantization, segments: Segmentation): boolean {
  if (!isPlain) return false
  return segments.length === 0 ? base === 0 : segments.every((more = 0) => base + more <= 0)
}
