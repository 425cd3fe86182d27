/** Size of an AV1 frame (AV1 bitstream specification 5.9.5 to 5.9.8). */
import type { BitReader } from '../bits.ts'
import type { Av1FrameFacts } from './sequence-header.ts'

/** In luma samples. */
export interface FrameSize {
  /** Coded width: less than `width` if upscaled (superres). */
  readonly codedWidth: number
  readonly width: number
  readonly height: number
}

/** Reads frame_size and render_size. */
export function readFrameSize(bits: BitReader, facts: Av1FrameFacts, isOwn: boolean): FrameSize {
  const width = isOwn ? bits.bits(facts.widthBits) + 1 : facts.width
  const height = isOwn ? bits.bits(facts.heightBits) + 1 : facts.height
  const size = readStretch(bits, facts, { width, height })
  if (bits.flag()) bits.bits(32)
  return size
}

/** Reads frame_size_with_refs: the size of the reference that a flag selects, or an explicit one. */
export function readFrameSizeOf(
  bits: BitReader,
  facts: Av1FrameFacts,
  references: readonly { readonly size: FrameSize }[],
): FrameSize {
  for (const { size } of references) if (bits.flag()) return readStretch(bits, facts, size)
  return readFrameSize(bits, facts, true)
}

/** superres_params. */
function readStretch(
  bits: BitReader,
  { hasSuperres }: Av1FrameFacts,
  { width, height }: Pick<FrameSize, 'width' | 'height'>,
): FrameSize {
  if (!hasSuperres || !bits.flag()) return { codedWidth: width, width, height }
  const denominator = bits.bits(3) + 9
  return { codedWidth: Math.floor((width * 8 + (denominator >> 1)) / denominator), width, height }
}
