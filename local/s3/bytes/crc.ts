/** The cyclic redundancy checks S3 knows that Node does not have, and how to join those of two parts. */
import { crc32 } from 'node:zlib'

/** A running check over bytes that arrive in pieces. */
export interface Crc {
  update(bytes: Uint8Array): void
  /** Big-endian, as S3 writes it before base64. */
  digest(): Buffer
}

/** Reflected polynomial and width of each check; initial and final value are all ones in each. */
const polynomials = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const

export type CrcName = keyof typeof polynomials

/** A fresh check of the name. */
export function createCrc(name: CrcName): Crc {
  if (name === 'CRC32') return new NodeCrc32()
  return name === 'CRC32C' ? new TableCrc32c() : new TableCrc64()
}

/**
 * The check of `first` followed by `second`, from their checks alone: the first is multiplied by x^(8·length of
 * the second) modulo the polynomial. S3's FULL_OBJECT checksum of a multipart upload is made this way.
 */
export function combineCrc(name: CrcName, first: Buffer, second: Buffer, secondBytes: number): Buffer {
  const { bits, polynomial } = polynomials[name]
  const width = BigInt(bits)
  const multiply = (left: bigint, right: bigint): bigint => {
    let product = 0n
    let shifted = right
    for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
      if (left & bit) product ^= shifted
      shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
    }
    return product
  }
  let power = 1n << (width - 1n)
  let square = 1n << (width - 9n)
  for (let left = BigInt(secondBytes); left > 0n; left >>= 1n) {
    if (left & 1n) power = multiply(power, square)
    square = multiply(square, square)
  }
  const joined = multiply(power, toBigInt(first)) ^ toBigInt(second)
  return Buffer.from(joined.toString(16).padStart(bits / 4, '0'), 'hex')
}

const toBigInt = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)

class NodeCrc32 implements Crc {
  #value = 0
  update(bytes: Uint8Array) {
    this.#value = crc32(bytes, this.#value)
  }
  digest() {
    const out = Buffer.alloc(4)
    out.writeUInt32BE(this.#value)
    return out
  }
}

/** Eight tables of 256 entries: eight bytes a step. `high` stays empty for the 32-bit check. */
interface Tables {
  readonly low: Int32Array
  readonly high: Int32Array
}

function tables({ polynomial }: { readonly polynomial: bigint }): Tables {
  const low = new Int32Array(8 * 256)
  const high = new Int32Array(8 * 256)
  const values: bigint[] = []
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    values.push(value)
  }
  for (let byte = 0; byte < 256; byte++) {
    let value = values[byte] ?? 0n
    for (let table = 0; table < 8; table++) {
      low[table * 256 + byte] = Number(BigInt.asIntN(32, value))
      high[table * 256 + byte] = Number(BigInt.asIntN(32, value >> 32n))
      value = (value >> 8n) ^ (values[Number(value & 0xffn)] ?? 0n)
    }
  }
  return { low, high }
}

const crc32cTables = tables(polynomials.CRC32C)
const crc64Tables = tables(polynomials.CRC64NVME)

/** Reads past the end cannot happen below; the `?? 0` only tells the compiler so and costs nothing measurable. */
const at = (table: Int32Array, index: number): number => table[index] ?? 0

class TableCrc32c implements Crc {
  #value = -1
  update(bytes: Uint8Array) {
    const { low: t } = crc32cTables
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let crc = this.#value
    let i = 0
    for (const end = bytes.length - 7; i < end; i += 8) {
      const a = crc ^ view.getInt32(i, true)
      const b = view.getInt32(i + 4, true)
      crc =
        at(t, 1792 + (a & 255)) ^
        at(t, 1536 + ((a >>> 8) & 255)) ^
        at(t, 1280 + ((a >>> 16) & 255)) ^
        at(t, 1024 + (a >>> 24)) ^
        at(t, 768 + (b & 255)) ^
        at(t, 512 + ((b >>> 8) & 255)) ^
        at(t, 256 + ((b >>> 16) & 255)) ^
        at(t, b >>> 24)
    }
    for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at(t, (crc ^ view.getUint8(i)) & 255)
    this.#value = crc
  }
  digest() {
    const out = Buffer.alloc(4)
    out.writeInt32BE(~this.#value)
    return out
  }
}

/** Two 32-bit halves: BigInt would be thirty times slower, and the AWS CLI sends this check with every upload. */
class TableCrc64 implements Crc {
  #low = -1
  #high = -1
  update(bytes: Uint8Array) {
    const { low: tl, high: th } = crc64Tables
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let low = this.#low
    let high = this.#high
    let i = 0
    for (const end = bytes.length - 7; i < end; i += 8) {
      const a = low ^ view.getInt32(i, true)
      const b = high ^ view.getInt32(i + 4, true)
      const i7 = 1792 + (a & 255)
      const i6 = 1536 + ((a >>> 8) & 255)
      const i5 = 1280 + ((a >>> 16) & 255)
      const i4 = 1024 + (a >>> 24)
      const i3 = 768 + (b & 255)
      const i2 = 512 + ((b >>> 8) & 255)
      const i1 = 256 + ((b >>> 16) & 255)
      const i0 = b >>> 24
      low =
        at(tl, i7) ^ at(tl, i6) ^ at(tl, i5) ^ at(tl, i4) ^ at(tl, i3) ^ at(tl, i2) ^ at(tl, i1) ^ at(tl, i0)
      high =
        at(th, i7) ^ at(th, i6) ^ at(th, i5) ^ at(th, i4) ^ at(th, i3) ^ at(th, i2) ^ at(th, i1) ^ at(th, i0)
    }
    for (; i < bytes.length; i++) {
      const index = (low ^ view.getUint8(i)) & 255
      low = ((low >>> 8) | (high << 24)) ^ at(tl, index)
      high = (high >>> 8) ^ at(th, index)
    }
    this.#low = low
    this.#high = high
  }
  digest() {
    const out = Buffer.alloc(8)
    out.writeInt32BE(~this.#high, 0)
    out.writeInt32BE(~this.#low, 4)
    return out
  }
}
