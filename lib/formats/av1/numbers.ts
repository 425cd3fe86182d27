/** Number codes specific to AV1 (AV1 bitstream specification 4.10). */
import type { BitReader } from '../bits.ts'

/** A number below `count`, smaller ones a bit shorter: ns(n) of 4.10.7. */
export function bounded(bits: BitReader, count: number): number {
  const width = Math.floor(Math.log2(count))
  const short = 2 ** (width + 1) - count
  const value = bits.bits(width)
  return value < short ? value : value * 2 - short + bits.bits(1)
}
