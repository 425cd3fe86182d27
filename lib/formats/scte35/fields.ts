/** Bit fields of sections (SCTE 35 4.1): read within bounds, and written with each value checked against its width. */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'

/** Reserved bits, there only if they are not all ones as the standard wants them: so they come back as they were. */
export interface Reserved {
  readonly reserved?: number
}

/** Bytes behind the fields that are known, kept as they are. */
export interface Rest {
  readonly rest?: Uint8Array
}

/** A position in the fields of one structure. */
export class FieldReader extends BitReader {
  /** Whole bytes not read yet. */
  get leftBytes(): number {
    return this.left >> 3
  }

  reserved(count: number): Reserved {
    const reserved = this.bits(count)
    return reserved === 2 ** count - 1 ? {} : { reserved }
  }

  rest(): Rest {
    return this.leftBytes === 0 ? {} : { rest: this.bytes(this.leftBytes) }
  }
}

/** Reads a structure; its end before that of its fields is an error with this code. */
export function withinBounds<T>(code: ErrorCodeOf<400>, what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof HeadendError) || cause.code !== 'BITS_END') throw cause
    throw new HeadendError(code, `${what} ends within its fields: ${cause.message}`, { cause })
  }
}

/** A growing bit string. */
export class FieldWriter {
  readonly #bytes: number[] = []
  #byte = 0
  #filled = 0

  /** A number in `count` bits, at most 48; throws SCTE35_VALUE if it does not fit. */
  bits(value: number, count: number, name: string): void {
    const most = 2 ** count - 1
    if (!Number.isInteger(value) || value < 0 || value > most)
      throw new HeadendError(
        'SCTE35_VALUE',
        `${name}: expected a whole number from 0 to ${most}, got ${value}`,
      )
    for (let left = count - 1; left >= 0; left--) this.flag(Math.floor(value / 2 ** left) % 2 === 1)
  }

  flag(value: boolean): void {
    this.#byte = (this.#byte << 1) | (value ? 1 : 0)
    if (++this.#filled < 8) return
    this.#bytes.push(this.#byte)
    this.#byte = this.#filled = 0
  }

  reserved(count: number, { reserved = 2 ** count - 1 }: Reserved): void {
    this.bits(reserved, count, 'reserved')
  }

  /** Whole bytes; the position must be that of a byte. */
  bytes(bytes: Uint8Array | undefined): void {
    for (const byte of bytes ?? []) this.#bytes.push(byte)
  }

  get written(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes)
  }
}
