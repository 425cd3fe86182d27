/** Builds long texts from small pieces. */

/** Characters that are collected before they are converted to bytes. */
const pieceLength = 8192
/** Buffer size kept for the next text: a manifest of 28,800 segments takes 2.5 MB. */
const maxSpareBytes = 8 * 2 ** 20
let spare: Buffer | undefined

/**
 * Builds a text in a byte buffer. Concatenating a hundred thousand strings makes a tree of them: all live until it is
 * read, and the garbage collector copies them again and again. Here they become bytes after a few thousand characters.
 */
export class TextWriter {
  #bytes: Buffer
  #length = 0
  #piece = ''
  /** True if every character is a single byte: then it is decoded twice as fast. */
  #isAscii = true

  constructor() {
    this.#bytes = spare ?? Buffer.allocUnsafeSlow(4 * pieceLength)
    spare = undefined
  }

  add(text: string): void {
    this.#piece += text
    if (this.#piece.length >= pieceLength) this.#move()
  }

  /** The whole text after `front`, which may only be known at the end; nothing can be added afterwards. */
  end(front = ''): string {
    // A short text was never converted.
    if (this.#length === 0) {
      this.#leave()
      return front + this.#piece
    }
    this.#move()
    if (front !== '') this.#push(front)
    const text = this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8', 0, this.#length)
    this.#leave()
    return text
  }

  #push(front: string): void {
    const length = Buffer.byteLength(front)
    this.#grow(this.#length + length)
    this.#bytes.copyWithin(length, 0, this.#length)
    this.#bytes.write(front)
    this.#length += length
    this.#isAscii &&= length === front.length
  }

  #move(): void {
    // UTF-8 takes at most three bytes per UTF-16 unit.
    this.#grow(this.#length + 3 * this.#piece.length)
    const written = this.#bytes.write(this.#piece, this.#length)
    this.#length += written
    this.#isAscii &&= written === this.#piece.length
    this.#piece = ''
  }

  #grow(needed: number): void {
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 * needed)
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  #leave(): void {
    if (this.#bytes.length <= maxSpareBytes) spare = this.#bytes
    this.#bytes = Buffer.alloc(0)
  }
}
