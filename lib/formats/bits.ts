/** Reads single bits and the variable-length numbers of video and audio headers. */
import { HeadendError } from '../errors.ts'

/** A place in a bit string; past the end it throws BITS_END. */
export class BitReader {
  readonly #bytes: Uint8Array
  readonly #name: string
  #bit = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes
    this.#name = name
  }

  /** Bits not read yet. */
  get left(): number {
    return this.#bytes.length * 8 - this.#bit
  }

  /** `count` bits as a number, at most 32. */
  bits(count: number): number {
    if (count > this.left)
      throw new HeadendError('BITS_END', `${this.#name}: expected ${count} more bits, got ${this.left}`)
    let value = 0
    for (let i = 0; i < count; i++, this.#bit++)
      value = value * 2 + (((this.#bytes[this.#bit >> 3] ?? 0) >> (7 - (this.#bit & 7))) & 1)
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  /** Unsigned Exp-Golomb code (ISO/IEC 14496-10 9.1). */
  ue(): number {
    let zeros = 0
    while (!this.flag())
      if (++zeros > 31) throw new HeadendError('BITS_GOLOMB', `${this.#name}: Exp-Golomb code above 32 bits`)
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** Signed Exp-Golomb code (9.1.1). */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
