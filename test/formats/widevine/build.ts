/** Widevine's messages written field by field, also as no writer should (license_protocol.proto). */

/** A varint, with as many idle bytes behind as asked for. */
export function varint(value: number | bigint, idleBytes = 0): Buffer {
  const bytes: number[] = []
  let left = BigInt(value)
  for (; left >= 128n; left /= 128n) bytes.push(Number(left % 128n) | 0x80)
  bytes.push(Number(left))
  for (let i = 0; i < idleBytes; i++) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80
    bytes.push(0)
  }
  return Buffer.from(bytes)
}

/** A field of bytes, a string or a message. */
export const field = (number: number, ...parts: readonly (Uint8Array | string)[]): Buffer => {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value])
}

/** A field that is a number. */
export const number = (fieldNumber: number, value: number | bigint): Buffer =>
  Buffer.concat([varint(fieldNumber * 8), varint(value)])

/** A key id as bytes. */
export const kidBytes = (kid: string): Buffer => Buffer.from(kid, 'hex')

/** WidevinePsshData of key ids. */
export const psshData = (...kids: readonly string[]): Buffer =>
  Buffer.concat(kids.map((kid) => field(2, kidBytes(kid))))

/** A pssh box around some data; with key ids it is of version 1. */
export function psshBox(systemId: string, data: Uint8Array, kids: readonly string[] = []): Buffer {
  const list = kids.length > 0 ? [u32(kids.length), ...kids.map(kidBytes)] : []
  const body = Buffer.concat([
    Buffer.from([list.length > 0 ? 1 : 0, 0, 0, 0]),
    Buffer.from(systemId.replaceAll('-', ''), 'hex'),
    ...list,
    u32(data.length),
    data,
  ])
  return Buffer.concat([u32(body.length + 8), Buffer.from('pssh'), body])
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** ContentIdentification in its four ways. */
export const content = {
  pssh: (...data: readonly Uint8Array[]): Buffer => field(1, ...data.map((one) => field(1, one))),
  webm: (header: Uint8Array): Buffer => field(2, field(1, header)),
  existing: (sessionId = 'session'): Buffer =>
    field(3, field(1, field(1, 'request'), field(2, sessionId), number(4, 1), number(5, 1)), number(2, 30)),
  init: (data: Uint8Array, type?: number): Buffer =>
    field(4, type === undefined ? '' : number(1, type), field(2, data)),
}

/** SignedMessage(LICENSE_REQUEST) with what CDMs put around the content. */
export function request(contents: Uint8Array, { type = 1, more = Buffer.alloc(0) } = {}): Buffer {
  const body = Buffer.concat([
    field(1, number(1, 2), field(2, Buffer.alloc(40, 0xc1))),
    field(2, contents),
    number(3, type),
    number(4, 1_800_000_000),
    number(6, 21),
    number(7, 0xdead_beef),
    more,
  ])
  return signed(body)
}

/** SignedMessage around requests. */
export const signed = (...bodies: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    number(1, 1),
    ...bodies.map((body) => field(2, body)),
    field(3, Buffer.alloc(64, 0x51)),
    field(9, Buffer.alloc(20, 0x0d)),
  ])
