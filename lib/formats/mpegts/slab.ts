/** Memory for many small byte strings: a buffer of its own for each costs more than its bytes. */
import type { Allocate } from './allocate.ts'

const slabBytes = 2 ** 18

/** Gives out parts of larger buffers; they are freed when nothing of them is held any more. */
export function createSlab(): Allocate {
  let slab = new Uint8Array(0)
  let used = 0
  return (length) => {
    if (length > slabBytes / 8) return new Uint8Array(length)
    if (used + length > slab.length) {
      slab = new Uint8Array(slabBytes)
      used = 0
    }
    const from = used
    used += length
    return slab.subarray(from, used)
  }
}
