/** Bytes of an elementary stream between what was put in and what was taken out, by their offset in the stream. */
import type { Allocate } from './allocate.ts'

const compactBytes = 2 ** 16

/** A buffer that grows at its end and is forgotten from its start. */
export class ByteQueue {
  readonly #allocate: Allocate
  #buffer: Uint8Array = new Uint8Array(0)
  /** Offset in the stream of the first byte of the buffer. */
  #base = 0
  #length = 0
  #released = 0

  constructor(allocate: Allocate) {
    this.#allocate = allocate
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.#base + this.#length
  }

  /** Bytes not forgotten. */
  get size(): number {
    return this.end - this.#released
  }

  push(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#buffer.length) {
      const kept = this.size
      const larger = this.#allocate(Math.max(compactBytes, (kept + bytes.length) * 2))
      larger.set(this.#buffer.subarray(this.#released - this.#base, this.#length))
      this.#buffer = larger
      this.#base = this.#released
      this.#length = kept
    }
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The bytes between two offsets, valid until the next `push` or `release`. */
  bytes(from: number, to: number = this.end): Uint8Array {
    return this.#buffer.subarray(from - this.#base, to - this.#base)
  }

  /** Forgets what is before an offset. */
  release(before: number): void {
    this.#released = Math.min(before, this.end)
    const gone = this.#released - this.#base
    // Little that is gone is not worth moving the rest for; where all is gone, nothing is moved.
    if (gone < this.#length && (gone < compactBytes || gone < this.#length / 2)) return
    this.#buffer.copyWithin(0, gone, this.#length)
    this.#base = this.#released
    this.#length -= gone
  }
}
