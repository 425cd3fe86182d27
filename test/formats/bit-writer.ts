/** Writes single bits and Exp-Golomb codes, so that tests can make headers of every shape. */

/** A growing bit string. */
export class BitWriter {
  #bits = ''

  bits(value: number, count: number): this {
    this.#bits += value.toString(2).padStart(count, '0')
    return this
  }

  flag(value: boolean): this {
    return this.bits(value ? 1 : 0, 1)
  }

  /** ISO/IEC 14496-10 9.1. */
  ue(value: number): this {
    const code = (value + 1).toString(2)
    this.#bits += code.padStart(2 * code.length - 1, '0')
    return this
  }

  /** Ended as an RBSP: a one, then zeros to the byte. */
  get bytes(): Uint8Array {
    const ended = `${this.#bits}1`
    const padded = ended.padEnd(Math.ceil(ended.length / 8) * 8, '0')
    return Uint8Array.from({ length: padded.length / 8 }, (_, i) =>
      Number.parseInt(padded.slice(i * 8, i * 8 + 8), 2),
    )
  }
}

/** Puts a 03 wherever a start code would arise. */
export function withEmulation(rbsp: Uint8Array): Uint8Array {
  const out: number[] = []
  let zeros = 0
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3)
      zeros = 0
    }
    out.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return Uint8Array.from(out)
}
