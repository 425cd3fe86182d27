/** Levels and timing in an AV1 sequence header (AV1 bitstream specification 5.5.1, 5.5.3 to 5.5.5). */
import type { BitReader } from '../bits.ts'

/** The first operating point's level, and the timing fields of frames. */
export interface OperatingPoints {
  /** seq_level_idx. */
  readonly level: number
  readonly highTier: boolean
  readonly timing: FrameTiming
}

/** The timing fields in frame headers. */
export interface FrameTiming {
  /** Bits of frame_presentation_time; 0 if frames have none. */
  readonly presentationBits: number
  /** Bits of buffer_removal_time; 0 if frames have none. */
  readonly removalBits: number
  /** operating_point_idc of each operating point with such a time. */
  readonly removalPoints: readonly number[]
}

const noTiming: FrameTiming = { presentationBits: 0, removalBits: 0, removalPoints: [] }

/** The operating point of a reduced header, which has a level only. */
export const reducedPoints = (bits: BitReader): OperatingPoints => ({
  level: bits.bits(5),
  highTier: false,
  timing: noTiming,
})

/** Reads from timing_info_present_flag to the last operating point. */
export function readOperatingPoints(bits: BitReader): OperatingPoints {
  const model = bits.flag() ? readModel(bits) : undefined
  const hasDelay = bits.flag()
  const count = bits.bits(5) + 1
  let first: Pick<OperatingPoints, 'level' | 'highTier'> | undefined
  const removalPoints: number[] = []
  for (let i = 0; i < count; i++) {
    const layers = bits.bits(12)
    const level = bits.bits(5)
    const highTier = level > 7 && bits.flag()
    first ??= { level, highTier }
    if (model && bits.flag()) {
      removalPoints.push(layers)
      bits.bits(model.delayBits)
      bits.bits(model.delayBits)
      bits.flag()
    }
    if (hasDelay && bits.flag()) bits.bits(4)
  }
  const { level, highTier } = first ?? { level: 0, highTier: false }
  return { level, highTier, timing: model ? { ...model, removalPoints } : noTiming }
}

/** timing_info and decoder_model_info; undefined if there is no model. */
function readModel(
  bits: BitReader,
): (Omit<FrameTiming, 'removalPoints'> & { readonly delayBits: number }) | undefined {
  bits.bits(32)
  bits.bits(32)
  const isEven = bits.flag()
  if (isEven) bits.ue()
  if (!bits.flag()) return undefined
  const delayBits = bits.bits(5) + 1
  bits.bits(32)
  const removalBits = bits.bits(5) + 1
  const presentationBits = bits.bits(5) + 1
  // Frames at a constant interval need no presentation time (5.9.2).
  return { delayBits, removalBits, presentationBits: isEven ? 0 : presentationBits }
}
