/** Media that lie in several pieces of memory: putting them together first would write all of them once more. */
import type { ByteRange } from '../../timeline/placement.ts'

/** The parts of pieces that ranges stand for, in their order; ranges count as if the pieces lay one behind the other. */
export function partsWithin(pieces: readonly Uint8Array[], ranges: readonly ByteRange[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let index = 0
  let before = 0
  for (const { offset, length } of ranges) {
    // Samples may lie in another order than they are decoded in.
    if (offset < before) [index, before] = [0, 0]
    let [at, left] = [offset, length]
    for (let piece = pieces[index]; piece && left > 0; piece = pieces[index]) {
      const part = piece.subarray(Math.max(0, at - before), at - before + left)
      if (part.length > 0) parts.push(part)
      at += part.length
      left -= part.length
      if (left === 0) break
      before += piece.length
      index++
    }
  }
  return parts
}
