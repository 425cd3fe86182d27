/** Reads big-endian fields within bounds; every error has the file offset. */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'

/** A table with more missing entries than this counts as truncated. */
const maxMiscounted = 16

/** A position in a part of a file. `origin` is the part's offset in the file, so that errors name file offsets. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly origin: number
  /** The box's type, for errors. */
  readonly name: string
  position = 0
  readonly #view: DataView

  constructor(bytes: Uint8Array, origin = 0, name = 'file') {
    this.bytes = bytes
    this.origin = origin
    this.name = name
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.bytes.length - this.position
  }

  /** File offset of the next byte. */
  get at(): number {
    return this.origin + this.position
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  u24(): number {
    return (this.u16() << 8) | this.u8()
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  /** Exact, or refused: no valid value here exceeds 2^53. */
  u64(): number {
    const at = this.at
    const value = this.u32() * 2 ** 32 + this.u32()
    if (value > Number.MAX_SAFE_INTEGER)
      throw new HeadendError('MP4_NUMBER_RANGE', `${this.name}: 64-bit field above 2^53 at ${at}`)
    return value
  }

  i64(): number {
    const at = this.at
    const value = this.i32() * 2 ** 32 + this.u32()
    if (!Number.isSafeInteger(value))
      throw new HeadendError('MP4_NUMBER_RANGE', `${this.name}: 64-bit field beyond 2^53 at ${at}`)
    return value
  }

  /** Four characters, one a byte. */
  fourcc(): string {
    return String.fromCharCode(this.u8(), this.u8(), this.u8(), this.u8())
  }

  /** A view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array {
    const from = this.#take(length)
    return this.bytes.subarray(from, from + length)
  }

  skip(length: number): void {
    this.#take(length)
  }

  /** A table of `count` entries, checked against the bytes available before any allocation. */
  table(count: number, entryBytes: number): DataView {
    if (count * entryBytes > this.left)
      this.fail(
        'MP4_COUNT_RANGE',
        `${count} entries of ${entryBytes} bytes declared, ${this.left} bytes left`,
      )
    const from = this.#take(count * entryBytes)
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + from, count * entryBytes)
  }

  /** A table of samples or chunks: writers count a few entries more than they write. */
  countedTable(count: number, entryBytes: number): DataView {
    const there = Math.min(count, Math.floor(this.left / entryBytes))
    return this.table(count - there <= maxMiscounted ? there : count, entryBytes)
  }

  /** Throws an error with the box's type and the file offset. */
  fail(code: ErrorCodeOf<400>, text: string): never {
    throw new HeadendError(code, `${this.name}: ${text} at ${this.at}`)
  }

  #take(length: number): number {
    if (length > this.left) this.fail('MP4_BOX_TRUNCATED', `expected ${length} more bytes, got ${this.left}`)
    const from = this.position
    this.position += length
    return from
  }
}
