/** Reads bits and the variable-length numbers of video and audio headers. */
import { HeadendError } from '../errors.ts'

/** A position in a bit string; reading past the end throws BITS_END. */
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

  /** `count` bits as a number, at most 48. */
  bits(count: number): number {
    if (count > this.left)
      throw new HeadendError('BITS_END', `${this.#name}: expected ${count} more bits, got ${this.left}`)
    let value = 0
    for (let wanted = count; wanted > 0; ) {
      const unread = 8 - (this.#bit & 7)
      const taken = Math.min(unread, wanted)
      const byte = this.#bytes[this.#bit >> 3] ?? 0
      value = value * 2 ** taken + ((byte >> (unread - taken)) & ((1 << taken) - 1))
      this.#bit += taken
      wanted -= taken
    }
    return value
  }

  flag(): boolean {
    if (this.left < 1) throw new HeadendError('BITS_END', `${this.#name}: expected 1 more bits, got 0`)
    const at = this.#bit++
    return (((this.#bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1
  }

  /** A view of the next `count` bytes, not a copy; the position must be that of a byte. */
  bytes(count: number): Uint8Array {
    if (count * 8 > this.left)
      throw new HeadendError('BITS_END', `${this.#name}: expected ${count * 8} more bits, got ${this.left}`)
    const from = this.#bit >> 3
    this.#bit += count * 8
    return this.#bytes.subarray(from, from + count)
  }

  /** Unsigned Exp-Golomb code (ISO/IEC 14496-10 9.1). */
  ue(): number {
    const from = this.#bit
    const most = this.#bytes.length * 8
    // Zero bits of a byte are skipped at once.
    for (let rest = 0; this.#bit < most; this.#bit += rest) {
      rest = 8 - (this.#bit & 7)
      const value = (this.#bytes[this.#bit >> 3] ?? 0) & ((1 << rest) - 1)
      if (value === 0) continue
      this.#bit += Math.clz32(value) - (32 - rest)
      break
    }
    const zeros = this.#bit - from
    if (zeros > 31) throw new HeadendError('BITS_GOLOMB', `${this.#name}: Exp-Golomb code above 32 bits`)
    this.bits(1)
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** Signed Exp-Golomb code (9.1.1). */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
