/**
 * Memory for taking objects of a feed apart and writing segments, used again from object to object: the pages of fresh
 * memory cost several times what is copied into them, and what is let go of stays until a collection.
 */

/** Lends memory for one object at a time. */
export interface FeedMemory {
  /** So many bytes, whatever is in them, until they are given back. */
  readonly take: (length: number) => Uint8Array
  /** Gives back one of them; of other bytes nothing comes. */
  readonly giveBack: (bytes: Uint8Array) => void
  /** Gives back all of them. */
  readonly reset: () => void
}

interface Block {
  readonly bytes: Uint8Array
  used: number
  /** Parts of it that are lent. */
  lent: number
}

const blockBytes = 2 ** 20
/** What is kept when nothing is lent. */
const maxKeptBytes = 64 * 2 ** 20
const alignment = 64

/** Begins with none. */
export function feedMemory(): FeedMemory {
  let blocks: Block[] = []
  const blockFor = (length: number): Block => {
    for (const block of blocks) if (block.bytes.length - block.used >= length) return block
    const block = { bytes: new Uint8Array(upTo(length, blockBytes)), used: 0, lent: 0 }
    blocks.push(block)
    return block
  }
  return {
    take(length) {
      const block = blockFor(length)
      const from = block.used
      block.lent++
      // What is large has a block for itself, so that it can be given back alone.
      block.used =
        length >= blockBytes
          ? block.bytes.length
          : Math.min(block.bytes.length, upTo(from + length, alignment))
      return block.bytes.subarray(from, from + length)
    },
    giveBack({ buffer }) {
      const block = blocks.find((one) => one.bytes.buffer === buffer)
      if (block && block.lent > 0 && --block.lent === 0) block.used = 0
    },
    reset() {
      let kept = 0
      blocks = blocks.filter(({ bytes }) => (kept += bytes.length) <= maxKeptBytes)
      for (const block of blocks) Object.assign(block, { used: 0, lent: 0 })
    },
  }
}

const upTo = (length: number, multiple: number): number =>
  Math.max(1, Math.ceil(length / multiple)) * multiple
