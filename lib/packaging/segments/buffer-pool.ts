/**
 * A pool of buffers for the samples of segments. Allocating costs a third of what encrypting a segment does, and
 * garbage collection another third.
 */

/** A buffer on loan from the pool. */
export interface LentMemory {
  /** Of the requested length; contains leftovers of its previous use. */
  readonly bytes: Uint8Array
  /** Returns the buffer, once: `bytes` must not be read afterwards. A buffer never returned is garbage collected. */
  readonly giveBack: () => void
}

/** Lends buffers. */
export interface BufferPool {
  lend(length: number): LentMemory
}

/** Sizes are multiples of this, so that segments of similar size can share buffers. */
const stepBytes = 2 ** 21

/** Keeps at most so many unused bytes. */
export function bufferPool(keptBytes: number): BufferPool {
  const free: ArrayBuffer[] = []
  return {
    lend(length) {
      const fits = free.findIndex(({ byteLength }) => byteLength >= length)
      const [buffer = new ArrayBuffer(Math.ceil(length / stepBytes) * stepBytes)] =
        fits < 0 ? [] : free.splice(fits, 1)
      let isLent = true
      return {
        bytes: new Uint8Array(buffer, 0, length),
        giveBack() {
          if (!isLent) return
          isLent = false
          free.push(buffer)
          // Smallest first, so that the next request takes the best fit.
          free.sort((a, b) => a.byteLength - b.byteLength)
          let kept = free.reduce((sum, { byteLength }) => sum + byteLength, 0)
          while (kept > keptBytes) kept -= free.pop()?.byteLength ?? kept
        },
      }
    },
  }
}
