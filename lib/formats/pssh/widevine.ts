/** WidevinePsshData: the data of Widevine's pssh, a protocol buffers message. */
import { HeadendError } from '../../errors.ts'
import { ByteWriter } from '../isobmff/byte-writer.ts'
import { optional } from '../optional.ts'
import { hexBytes, hexText, isUuid, uuidBytes } from '../uuid.ts'
import { type ProtobufField, protobufFields, writeBytesField, writeVarintField } from './protobuf.ts'

/** The content of the message; key ids are hex digits without dashes, as Widevine's tools print them. */
export interface WidevineData {
  /** 0 clear, 1 AES-CTR; deprecated, but some packagers still write it. */
  readonly algorithm?: number
  readonly keyIds: readonly string[]
  readonly provider?: string
  readonly contentId?: Uint8Array
  readonly trackType?: string
  readonly policy?: string
  readonly cryptoPeriodIndex?: number
  readonly groupedLicense?: Uint8Array
  /** Four characters (`cenc`, `cbcs`), or the number if it is not printable. */
  readonly protectionScheme?: string | number
  readonly cryptoPeriodSeconds?: number
  /** 0 single, 1 entitlement, 2 entitled keys. */
  readonly type?: number
  readonly keySequence?: number
  readonly groupIds?: readonly Uint8Array[]
  readonly entitledKeys?: readonly EntitledKey[]
  /** Unknown fields, tag included, in order. */
  readonly unknown?: readonly Uint8Array[]
}

/** A content key wrapped with an entitlement key, for hierarchical rotation. */
export interface EntitledKey {
  readonly entitlementKeyId?: string
  readonly keyId?: string
  readonly key?: Uint8Array
  readonly iv?: Uint8Array
  readonly entitlementKeyBytes?: number
  readonly unknown?: readonly Uint8Array[]
}

/** Reads the data of a pssh; refuses other data. */
export function readWidevine(data: Uint8Array): WidevineData {
  const fields = fieldsOf(data, 'Widevine')
  const { bytes, text, number, all, unknown } = fields
  const scheme = number(9)
  return {
    ...optional('algorithm', number(1)),
    keyIds: all(2).map(hexText),
    ...optional('provider', text(3)),
    ...optional('contentId', bytes(4)),
    ...optional('trackType', text(5)),
    ...optional('policy', text(6)),
    ...optional('cryptoPeriodIndex', number(7)),
    ...optional('groupedLicense', bytes(8)),
    ...optional('protectionScheme', scheme === undefined ? undefined : schemeText(scheme)),
    ...optional('cryptoPeriodSeconds', number(10)),
    ...optional('type', number(11)),
    ...optional('keySequence', number(12)),
    ...optional('groupIds', someOf(all(13))),
    ...optional('entitledKeys', someOf(all(14).map(readEntitledKey))),
    ...optional('unknown', someOf(unknown(14))),
  }
}

/** The message, fields in ascending order, unknown ones last. */
export function writeWidevine(data: WidevineData): Uint8Array {
  const to = new ByteWriter(256)
  const { bytes, text, number } = writersOf(to)
  number(1, data.algorithm)
  for (const keyId of data.keyIds) bytes(2, keyIdBytes(keyId))
  text(3, data.provider)
  bytes(4, data.contentId)
  text(5, data.trackType)
  text(6, data.policy)
  number(7, data.cryptoPeriodIndex)
  bytes(8, data.groupedLicense)
  number(9, data.protectionScheme === undefined ? undefined : schemeNumber(data.protectionScheme))
  number(10, data.cryptoPeriodSeconds)
  number(11, data.type)
  number(12, data.keySequence)
  for (const id of data.groupIds ?? []) bytes(13, id)
  for (const key of data.entitledKeys ?? []) bytes(14, writeEntitledKey(key))
  for (const raw of data.unknown ?? []) to.bytes(raw)
  return to.written
}

function readEntitledKey(message: Uint8Array): EntitledKey {
  const { bytes, number, unknown } = fieldsOf(message, 'Widevine entitled key')
  const entitlementKeyId = bytes(1)
  const keyId = bytes(2)
  return {
    ...optional('entitlementKeyId', entitlementKeyId && hexText(entitlementKeyId)),
    ...optional('keyId', keyId && hexText(keyId)),
    ...optional('key', bytes(3)),
    ...optional('iv', bytes(4)),
    ...optional('entitlementKeyBytes', number(5)),
    ...optional('unknown', someOf(unknown(5))),
  }
}

function writeEntitledKey(key: EntitledKey): Uint8Array {
  const to = new ByteWriter(128)
  const { bytes, number } = writersOf(to)
  bytes(1, key.entitlementKeyId === undefined ? undefined : keyIdBytes(key.entitlementKeyId))
  bytes(2, key.keyId === undefined ? undefined : keyIdBytes(key.keyId))
  bytes(3, key.key)
  bytes(4, key.iv)
  number(5, key.entitlementKeyBytes)
  for (const raw of key.unknown ?? []) to.bytes(raw)
  return to.written
}

/** Fields by number; of several occurrences of a non-repeated one the last counts, as protocol buffers define. */
function fieldsOf(message: Uint8Array, what: string) {
  const byNumber = new Map<number, ProtobufField[]>()
  const fields = protobufFields(message, what)
  for (const field of fields) {
    const same = byNumber.get(field.number)
    if (same) same.push(field)
    else byNumber.set(field.number, [field])
  }
  const all = (field: number): Uint8Array[] =>
    (byNumber.get(field) ?? []).map(({ value }) => {
      if (!(value instanceof Uint8Array)) throw wrongType(what, field, 'bytes', 'a number')
      return value
    })
  const bytes = (field: number): Uint8Array | undefined => all(field).at(-1)
  return {
    all,
    bytes,
    text: (field: number): string | undefined => {
      const value = bytes(field)
      return value && utf8(value, `${what} field ${field}`)
    },
    number: (field: number): number | undefined => {
      const value = byNumber.get(field)?.at(-1)?.value
      if (value instanceof Uint8Array) throw wrongType(what, field, 'a number', 'bytes')
      if (typeof value === 'bigint') throw wrongType(what, field, 'a number below 2^53', `${value}`)
      return value
    },
    unknown: (highestKnown: number) =>
      fields.filter(({ number }) => number > highestKnown).map(({ raw }) => raw),
  }
}

function writersOf(to: ByteWriter) {
  const bytes = (field: number, value: Uint8Array | undefined): void => {
    if (value) writeBytesField(to, field, value)
  }
  return {
    bytes,
    text: (field: number, value: string | undefined) =>
      bytes(field, value === undefined ? undefined : new TextEncoder().encode(value)),
    number: (field: number, value: number | undefined): void => {
      if (value !== undefined) writeVarintField(to, field, value)
    },
  }
}

/** Usually UUIDs, but the field is bytes, and old content has others. */
function keyIdBytes(keyId: string): Uint8Array {
  return isUuid(keyId) ? uuidBytes(keyId) : hexBytes(keyId, 'Widevine key id')
}

function utf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new HeadendError('WIDEVINE_DATA', `${what}: expected UTF-8`, { cause })
  }
}

/** The scheme is a four-cc in a 32-bit number; 0 and other non-printable ones stay numbers. */
function schemeText(scheme: number): string | number {
  const text = String.fromCharCode(
    Math.floor(scheme / 2 ** 24),
    (scheme >>> 16) & 255,
    (scheme >>> 8) & 255,
    scheme & 255,
  )
  return /^[\x21-\x7e]{4}$/.test(text) ? text : scheme
}

function schemeNumber(scheme: string | number): number {
  if (typeof scheme === 'number') return scheme
  if (!/^[\x21-\x7e]{4}$/.test(scheme))
    throw new HeadendError(
      'WIDEVINE_SCHEME',
      `protection scheme: expected four characters, got ${scheme.length}`,
    )
  let number = 0
  for (const character of scheme) number = number * 256 + character.charCodeAt(0)
  return number
}

function someOf<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}

function wrongType(what: string, field: number, expected: string, got: string): HeadendError {
  return new HeadendError('WIDEVINE_DATA', `${what}: expected ${expected} in field ${field}, got ${got}`)
}
