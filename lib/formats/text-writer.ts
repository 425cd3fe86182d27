/** Long text, written in small pieces. */

/** Characters that are put together before they are moved to the bytes. */
const pieceLength = 8192
/** Room kept from one text to the next: a manifest of 28,800 segments takes 2.5 MB. */
const maxSpareBytes = 8 * 2 ** 20
let spare: Buffer | undefined

/**
 * A text of a hundred thousand pieces that were only added to one another is a tree of them: all live until it is
 * read, and what clears memory copies them again and again. Here they are bytes as soon as they are a few thousand.
 */
export class TextWriter {
  #bytes: Buffer
  #length = 0
  #piece = ''
  /** Nothing of it takes more than a byte: then it is read twice as fast. */
  #isAscii = true

  constructor() {
    this.#bytes = spare ?? Buffer.allocUnsafeSlow(4 * pieceLength)
    spare = undefined
  }

  add(text: string): void {
    this.#piece += text
    if (this.#piece.length >= pieceLength) this.#move()
  }

  /** The whole text behind `front`, which may be known at last; nothing can be added afterwards. */
  end(front = ''): string {
    // What is short was never moved.
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
    // UTF-8 takes three bytes a UTF-16 unit at most.
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
