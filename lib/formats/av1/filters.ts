/** Parameters of the filters that run over decoded AV1 frames (AV1 bitstream specification 5.9.11, 5.9.19, 5.9.20). */
import type { BitReader } from '../bits.ts'
import type { Av1Planes } from './color-config.ts'

/** loop_filter_params of a frame that is filtered. */
export function skipLoopFilter(bits: BitReader, { hasChroma }: Av1Planes): void {
  const isOn = bits.bits(12) !== 0
  if (hasChroma && isOn) bits.bits(12)
  bits.bits(3)
  if (!bits.flag() || !bits.flag()) return
  // Eight references and two modes.
  for (let i = 0; i < 10; i++) if (bits.flag()) bits.bits(7)
}

/** cdef_params of a frame that is filtered. */
export function skipCdef(bits: BitReader, { hasChroma }: Av1Planes): void {
  bits.bits(2)
  const strengths = 2 ** bits.bits(2)
  for (let i = 0; i < strengths; i++) bits.bits(hasChroma ? 12 : 6)
}

/** lr_params of a frame that may be restored. */
export function skipRestoration(bits: BitReader, planes: Av1Planes, largeBlocks: boolean): void {
  const luma = bits.bits(2)
  const chroma = planes.hasChroma ? bits.bits(4) : 0
  if (luma === 0 && chroma === 0) return
  // Units of large superblocks are at least twice the smallest.
  if (bits.flag() && !largeBlocks) bits.flag()
  if (planes.isQuartered && chroma !== 0) bits.flag()
}
