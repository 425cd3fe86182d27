/** A still AV1 picture in four tiles, put together unit by unit (AV1 bitstream specification 5.3, 5.5, 5.9, 5.11). */
import { BitWriter } from '../bit-writer.ts'

/** One unit of type `type`; the last of a sample may go without its size. */
export function obu(type: number, payload: Uint8Array | readonly number[], hasSize = true): Uint8Array {
  if (!hasSize) return Uint8Array.from([type << 3, ...payload])
  const size: number[] = []
  for (let left = payload.length; size.length === 0 || left > 0; left >>= 7)
    size.push((left & 127) | (left > 127 ? 128 : 0))
  return Uint8Array.from([(type << 3) | 2, ...size, ...payload])
}

/** Sequence header of 128 x 128 samples with a reduced header and no tools. */
export const stillSequence = new BitWriter()
  .bits(0, 3)
  .flag(true)
  .flag(true)
  .bits(0, 5)
  .bits(6, 4)
  .bits(6, 4)
  .bits(127, 7)
  .bits(127, 7)
  // Blocks, edges, superres, cdef, restoration; depth, colour, range, chroma; grain.
  .bits(0, 6)
  .bits(0, 7)
  .bits(0, 1).bytes

/** Frame header: two columns and rows of tiles whose sizes take two bytes. Ends within its sixth byte. */
export const stillHeader: Uint8Array = new BitWriter()
  .bits(0, 3)
  // Even tiles, twice as many in each direction, contexts of the first, two bytes.
  .bits(0b111, 3)
  .bits(0, 2)
  .bits(1, 2)
  // Quantizer, its deltas and matrices, segments, deltas within blocks.
  .bits(100, 8)
  .bits(0, 6)
  // Loop filter, transforms.
  .bits(0, 16)
  .bits(0, 2)
  .bits(0, 6)
  .bytes.subarray(0, 6)

/** A tile group of tiles `first` on that are as long as said; those of a part of the frame state their range. */
export function tileGroup(sizes: readonly number[], first?: number): number[] {
  const bytes = first === undefined ? [0] : [0x80 | (first << 5) | ((first + sizes.length - 1) << 3)]
  for (const [i, size] of sizes.entries()) {
    if (i < sizes.length - 1) bytes.push((size - 1) & 255, (size - 1) >> 8)
    for (let at = 0; at < size; at++) bytes.push((i * 31 + at) & 255)
  }
  return bytes
}
