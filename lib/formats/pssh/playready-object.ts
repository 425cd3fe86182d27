/** PlayReady Object: records, one of them the header, the others licences (PlayReady Header Object 2). */
import { HeadendError } from '../../errors.ts'
import { ByteWriter } from '../isobmff/byte-writer.ts'

/** A record: type 1 is a WRMHEADER, 2 is reserved, 3 an embedded licence store. */
export interface PlayReadyRecord {
  readonly type: number
  readonly value: Uint8Array
}

/** Record types. */
export const PLAYREADY_RECORD = { header: 1, licenceStore: 3 } as const

/** Reads the records; all numbers are little-endian. */
export function readPlayReadyObject(bytes: Uint8Array): PlayReadyRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 6) throw broken(`expected at least 6 bytes, got ${bytes.length}`)
  const length = view.getUint32(0, true)
  if (length !== bytes.length) throw broken(`${length} bytes declared, got ${bytes.length}`)
  const count = view.getUint16(4, true)
  const records: PlayReadyRecord[] = []
  let at = 6
  for (let i = 0; i < count; i++) {
    if (at + 4 > length) throw broken(`${count} records declared, the end comes in record ${i}`)
    const size = view.getUint16(at + 2, true)
    if (at + 4 + size > length)
      throw broken(`record ${i}: ${size} bytes declared, ${length - at - 4} left at ${at}`)
    records.push({ type: view.getUint16(at, true), value: bytes.subarray(at + 4, at + 4 + size) })
    at += 4 + size
  }
  if (at < length) throw broken(`expected the end behind ${count} records, got ${length - at} bytes`)
  return records
}

/** Writes the object with its records. */
export function writePlayReadyObject(records: readonly PlayReadyRecord[]): Uint8Array {
  const size = records.reduce((sum, { value }) => sum + 4 + value.length, 6)
  if (size > MAX_BYTES)
    throw new HeadendError(
      'PLAYREADY_SIZE',
      `PlayReady Object: expected at most ${MAX_BYTES} bytes, got ${size}`,
    )
  const to = new ByteWriter(size)
  u16(to, size & 0xffff)
  u16(to, size >>> 16)
  u16(to, records.length)
  for (const { type, value } of records) {
    u16(to, type)
    u16(to, value.length)
    to.bytes(value)
  }
  return to.written
}

/** Little-endian. */
function u16(to: ByteWriter, value: number): void {
  to.u8(value & 255)
  to.u8(value >>> 8)
}

/** The limit of PlayReady's clients. */
const MAX_BYTES = 15 * 1024

function broken(text: string): HeadendError {
  return new HeadendError('PLAYREADY_OBJECT', `PlayReady Object: ${text}`)
}
