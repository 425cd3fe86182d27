/** Writes big-endian fields and boxes into one buffer. */

/** A growing buffer; with the right `capacity` nothing is ever copied. */
export class ByteWriter {
  position = 0
  #bytes: Uint8Array
  #view: DataView

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** The bytes written so far: a view, valid until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.position)
  }

  u8(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }

  u16(value: number): void {
    const at = this.#room(2)
    this.#view.setUint16(at, value)
  }

  i16(value: number): void {
    const at = this.#room(2)
    this.#view.setInt16(at, value)
  }

  u24(value: number): void {
    this.u8(value >>> 16)
    this.u16(value & 0xffff)
  }

  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value)
  }

  i32(value: number): void {
    const at = this.#room(4)
    this.#view.setInt32(at, value)
  }

  u64(value: number): void {
    this.u32(Math.floor(value / 2 ** 32))
    this.u32(value % 2 ** 32)
  }

  i64(value: number): void {
    this.i32(Math.floor(value / 2 ** 32))
    this.u32(value - Math.floor(value / 2 ** 32) * 2 ** 32)
  }

  /** One byte per character; callers pass Latin-1 only. */
  latin1(text: string): void {
    for (let i = 0; i < text.length; i++) this.u8(text.charCodeAt(i))
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  zeros(count: number): void {
    const at = this.#room(count)
    this.#bytes.fill(0, at, at + count)
  }

  /** A box with the content that `content` writes (ISO/IEC 14496-12 4.2). */
  box(type: string, content: () => void): void {
    const start = this.position
    this.u32(0)
    this.latin1(type)
    content()
    this.#view.setUint32(start, this.position - start)
  }

  /** A box with version and flags in front. */
  fullBox(type: string, version: number, flags: number, content: () => void): void {
    this.box(type, () => {
      this.u8(version)
      this.u24(flags)
      content()
    })
  }

  /** Reserves space. May replace the view: call this first, then use the view. */
  #room(length: number): number {
    const at = this.position
    const end = at + length
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    this.position = end
    return at
  }
}
