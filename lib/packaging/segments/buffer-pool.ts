/**
 * Memory for the samples of one segment after another. Fresh memory costs a third of what encrypting a segment does,
 * and leaving it to the collector another third.
 */

/** Memory a while. */
export interface LentMemory {
  /** As long as was asked for; holds whatever its last borrower left. */
  readonly bytes: Uint8Array
  /** Gives it back, once: nobody may read `bytes` from then on. What is never given back, the collector takes. */
  readonly giveBack: () => void
}

/** Lends memory. */
export interface BufferPool {
  lend(length: number): LentMemory
}

/** Sizes are multiples of this, so that segments of about one size fit one another's memory. */
const stepBytes = 2 ** 21

/** Keeps at most so many bytes that nobody has borrowed. */
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
          // The smallest first: the next one fits it best.
          free.sort((a, b) => a.byteLength - b.byteLength)
          let kept = free.reduce((sum, { byteLength }) => sum + byteLength, 0)
          while (kept > keptBytes) kept -= free.pop()?.byteLength ?? kept
        },
      }
    },
  }
}
