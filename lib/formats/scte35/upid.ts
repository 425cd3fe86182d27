/** segmentation_upid (SCTE 35 10.3.3.1, Table 22): what a segment is called, by whose rules. */
import { hexText, uuidText } from '../uuid.ts'
import { identifierText } from './bytes.ts'
import type { Upid } from './segmentation.ts'

/** segmentation_upid_type of those with a structure of their own. */
export const UPID_TYPE = { none: 0x00, mpu: 0x0c, mid: 0x0d } as const

/** The UPIDs that a UPID is: of a list (MID) each, of any other itself, of none nothing. */
export function upidsOf(upid: Upid): readonly Upid[] {
  if (upid.type === UPID_TYPE.none) return []
  return (upid.type === UPID_TYPE.mid ? splitMid(upid.bytes) : undefined) ?? [upid]
}

/** The parts of a MID; undefined if they do not fill it exactly. */
export function splitMid(bytes: Uint8Array): readonly Upid[] | undefined {
  const parts: Upid[] = []
  for (let at = 0; at < bytes.length; ) {
    const [type, length] = bytes.subarray(at, at + 2)
    if (type === undefined || length === undefined || at + 2 + length > bytes.length) return undefined
    parts.push({ type, bytes: bytes.subarray(at + 2, at + 2 + length) })
    at += 2 + length
  }
  return parts
}

/** The name of a type in a word or two. */
export const upidTypeName = (type: number): string =>
  FORMS[type]?.name ?? `Type 0x${type.toString(16).padStart(2, '0').toUpperCase()}`

/** Whether UPIDs of a type are texts by the standard. */
export const isTextUpid = (type: number): boolean => FORMS[type]?.text === plain

/** A UPID as people write it: a text as it is, an EIDR or UUID in its own form, all else in hex. */
export function upidText({ type, bytes }: Upid): string {
  return FORMS[type]?.text(bytes) ?? hex(bytes)
}

interface Form {
  readonly name: string
  /** Undefined if the bytes are not of this form. */
  readonly text: (bytes: Uint8Array) => string | undefined
}

const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? '' : `0x${hexText(bytes).toUpperCase()}`)

/** UTF-8, which what the standard allows is part of; encoders fill up with zeros. */
function plain(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const shown = text.replace(/\0+$/, '')
    return /\p{Cc}/u.test(shown) ? undefined : shown
  } catch {
    return undefined
  }
}

/** Upper-case hex in groups of `size` digits. */
const grouped =
  (length: number, size: number, mark: string) =>
  (bytes: Uint8Array): string | undefined =>
    bytes.length === length ? groups(hexText(bytes), size).join(mark) : plain(bytes)

const groups = (digits: string, size: number): readonly string[] =>
  digits.toUpperCase().match(new RegExp(`.{${size}}`, 'g')) ?? []

/** The compact binary form (EIDR ID Format 2.2) as a DOI with its check character; older encoders write the text. */
function eidr(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 12) return plain(bytes)
  const suffix = groups(hexText(bytes.subarray(2)), 4)
  return `10.${(bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)}/${suffix.join('-')}-${checkCharacter(suffix.join(''))}`
}

/** ISO/IEC 7064 MOD 37,36. */
function checkCharacter(digits: string): string {
  let product = 36
  for (const digit of digits) product = (((product + Number.parseInt(digit, 36)) % 36 || 36) * 2) % 37
  return ((37 - product) % 36).toString(36).toUpperCase()
}

/** A format identifier, and what it formats. */
function managed(bytes: Uint8Array): string | undefined {
  if (bytes.length < 4) return undefined
  const identifier = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  const data = bytes.subarray(4)
  return `${identifierText(identifier)}:${plain(data) ?? hex(data)}`
}

const FORMS: Readonly<Record<number, Form>> = {
  0x00: { name: 'none', text: () => '' },
  0x01: { name: 'User Defined', text: plain },
  0x02: { name: 'ISCI', text: plain },
  0x03: { name: 'Ad-ID', text: plain },
  0x04: { name: 'UMID', text: grouped(32, 8, '.') },
  0x05: { name: 'ISAN (deprecated)', text: grouped(8, 4, '-') },
  0x06: { name: 'ISAN', text: grouped(12, 4, '-') },
  0x07: { name: 'TID', text: plain },
  0x08: { name: 'TI', text: () => undefined },
  0x09: { name: 'ADI', text: plain },
  0x0a: { name: 'EIDR', text: eidr },
  0x0b: { name: 'ATSC content identifier', text: () => undefined },
  [UPID_TYPE.mpu]: { name: 'MPU', text: managed },
  [UPID_TYPE.mid]: {
    name: 'MID',
    text: (bytes) =>
      splitMid(bytes)
        ?.map((one) => `${upidTypeName(one.type)} ${upidText(one)}`)
        .join(', '),
  },
  0x0e: { name: 'ADS Information', text: plain },
  0x0f: { name: 'URI', text: plain },
  0x10: { name: 'UUID', text: (bytes) => (bytes.length === 16 ? uuidText(bytes) : plain(bytes)) },
  0x11: { name: 'SCR', text: plain },
}
