/** Finds NAL units in a byte stream (ISO/IEC 14496-10 and 23008-2, annex B) that comes in pieces. */
import { ByteQueue } from '../byte-queue.ts'

/** A unit by its offsets in the stream; `from` is that of its first byte, `prefix` that of its start code. */
export interface NalRange {
  readonly prefix: number
  readonly from: number
  readonly to: number
}

/** Cuts at start codes of three bytes; the zero in front of longer ones ends up with the zeros that are cut off. */
export class NalStream {
  readonly queue = new ByteQueue()
  readonly #unit: (unit: NalRange) => void
  /** Where the search goes on. */
  #scanned = 0
  /** Offset of the start code of the open unit; -1 if there is none. */
  #prefix = -1

  constructor(unit: (unit: NalRange) => void) {
    this.#unit = unit
  }

  push(bytes: Uint8Array): void {
    this.queue.push(bytes)
    const from = this.#scanned
    const data = this.queue.bytes(from)
    const last = data.length - 2
    let at = 0
    // A third byte above 1 rules out all start codes that overlap it.
    while (at < last) {
      const third = data[at + 2] ?? 0
      if (third > 1) at += 3
      else if (third === 0) at++
      else {
        if (data[at] === 0 && data[at + 1] === 0) this.#found(from + at)
        at += 3
      }
    }
    this.#scanned = from + Math.min(at, data.length)
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
