/** Finds NAL units in a byte stream (ISO/IEC 14496-10 and 23008-2, annex B) that comes in pieces. */
import type { Allocate } from '../allocate.ts'
import { ByteQueue } from '../byte-queue.ts'

/** A unit by its offsets in the stream; `from` is that of its first byte, `prefix` that of its start code. */
export interface NalRange {
  readonly prefix: number
  readonly from: number
  readonly to: number
}

const startCode = Uint8Array.of(0, 0, 1)

/** Cuts at start codes of three bytes; the zero in front of longer ones ends up with the zeros that are cut off. */
export class NalStream {
  readonly queue: ByteQueue
  readonly #unit: (unit: NalRange) => void
  /** Where the search goes on. */
  #scanned = 0
  /** Offset of the start code of the open unit; -1 if there is none. */
  #prefix = -1

  constructor(allocate: Allocate, unit: (unit: NalRange) => void) {
    this.queue = new ByteQueue(allocate)
    this.#unit = unit
  }

  push(bytes: Uint8Array): void {
    this.queue.push(bytes)
    const from = this.#scanned
    const data = this.queue.bytes(from)
    // Of typed arrays only Buffer searches for more than one byte.
    const searched = Buffer.from(data.buffer, data.byteOffset, data.length)
    let behind = 0
    for (let at = searched.indexOf(startCode); at >= 0; at = searched.indexOf(startCode, behind)) {
      this.#found(from + at)
      behind = at + startCode.length
    }
    // The next one may begin in the last two bytes.
    this.#scanned = from + Math.max(behind, data.length - startCode.length + 1)
  }

  /** Ends the open unit. */
  end(): void {
    this.#found(this.queue.end)
    this.#prefix = -1
    this.#scanned = this.queue.end
  }

  /** Forgets all that came. */
  drop(): void {
    this.#prefix = -1
    this.#scanned = this.queue.end
    this.queue.release(this.queue.end)
  }

  #found(prefix: number): void {
    const open = this.#prefix
    this.#prefix = prefix
    if (open < 0) return
    const from = open + 3
    const bytes = this.queue.bytes(from, prefix)
    let length = bytes.length
    while (length > 0 && bytes[length - 1] === 0) length--
    if (length > 0) this.#unit({ prefix: open, from, to: from + length })
  }
}
