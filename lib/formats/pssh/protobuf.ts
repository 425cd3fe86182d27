/** The protocol buffers wire format, as far as Widevine's data needs it: varints and length-delimited fields. */
import { HeadendError } from '../../errors.ts'
import { ByteWriter } from '../isobmff/byte-writer.ts'

/** A field. `raw` is all of it, tag included. */
export interface ProtobufField {
  readonly number: number
  /** 0 a varint, 1 and 5 eight and four bytes, 2 a string, bytes or a message. */
  readonly wire: number
  /** A varint past 2^53 is exact, too (bigint). */
  readonly value: number | bigint | Uint8Array
  readonly raw: Uint8Array
}

/** The fields of a message in order; those of fixed size as bytes. Groups are refused. */
export function protobufFields(bytes: Uint8Array, what: string): ProtobufField[] {
  const fields: ProtobufField[] = []
  const place = { at: 0 }
  while (place.at < bytes.length) {
    const from = place.at
    const tag = readVarint(bytes, place, what)
    // Some readers truncate a tag to 32 bits, and would see another field than we do.
    if (typeof tag === 'bigint' || tag >= 2 ** 32) throw broken(what, from, 'expected a tag below 2^32')
    const number = Math.floor(tag / 8)
    if (number === 0) throw broken(what, from, 'expected a field number from 1, got 0')
    const wire = tag % 8
    const value = fieldValue(bytes, { place, wire, what })
    fields.push({ number, wire, value, raw: bytes.subarray(from, place.at) })
  }
  return fields
}

/** Writes a varint field. */
export function writeVarintField(to: ByteWriter, number: number, value: number): void {
  writeVarint(to, number * 8 + VARINT)
  writeVarint(to, value)
}

/** Writes a string, bytes or message field. */
export function writeBytesField(to: ByteWriter, number: number, bytes: Uint8Array): void {
  writeVarint(to, number * 8 + DELIMITED)
  writeVarint(to, bytes.length)
  to.bytes(bytes)
}

interface Reading {
  readonly place: { at: number }
  readonly wire: number
  readonly what: string
}

function fieldValue(bytes: Uint8Array, { place, wire, what }: Reading): number | bigint | Uint8Array {
  if (wire === VARINT) return readVarint(bytes, place, what)
  const length = wire === FIXED64 ? 8 : wire === FIXED32 ? 4 : undefined
  if (length === undefined && wire !== DELIMITED)
    throw broken(what, place.at, `expected wire type 0, 1, 2 or 5, got ${wire}`)
  const size = length ?? readVarint(bytes, place, what)
  const left = bytes.length - place.at
  if (typeof size === 'bigint' || size > left)
    throw broken(what, place.at, `${size} bytes declared, ${left} left`)
  place.at += size
  return bytes.subarray(place.at - size, place.at)
}

function readVarint(bytes: Uint8Array, place: { at: number }, what: string): number | bigint {
  const from = place.at
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[place.at++]
    if (byte === undefined) throw broken(what, from, 'expected the rest of a number, got the end')
    value += (byte & 0x7f) * factor
    // The tenth byte has room for one bit.
    if (factor === 2 ** 63 && byte > 1) throw broken(what, from, 'expected a number below 2^64')
    if (byte < 0x80)
      return value <= Number.MAX_SAFE_INTEGER ? value : exactVarint(bytes.subarray(from, place.at))
  }
}

function exactVarint(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value * 128n + BigInt(byte & 0x7f), 0n)
}

function writeVarint(to: ByteWriter, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new HeadendError('WIDEVINE_NUMBER', `varint: expected a whole number from 0, got ${value}`)
  let left = value
  for (; left >= 128; left = Math.floor(left / 128)) to.u8((left % 128) | 0x80)
  to.u8(left)
}

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

function broken(what: string, at: number, text: string): HeadendError {
  return new HeadendError('WIDEVINE_DATA', `${what}: ${text} at ${at}`)
}
