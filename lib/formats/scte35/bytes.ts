/** Texts of one byte a character, and identifiers of four. */
import { HeadendError } from '../../errors.ts'

/** Any bytes as a text, one character each. */
export function latin1Text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

/** The bytes of such a text; throws SCTE35_VALUE if it is none, or not of the length asked for. */
export function latin1Bytes(text: string, name: string, length = text.length): Uint8Array {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  if (bytes.length === length && latin1Text(bytes) === text) return bytes
  throw new HeadendError(
    'SCTE35_VALUE',
    `${name}: expected ${length} characters of one byte, got ${JSON.stringify(text.slice(0, 20))}`,
  )
}

/** `CUEI`; `0x0000000A` where the bytes are not all of them printable. */
export function identifierText(identifier: number): string {
  const text = latin1Text(Uint8Array.of(identifier >>> 24, identifier >>> 16, identifier >>> 8, identifier))
  return PRINTABLE.test(text) ? text : `0x${identifier.toString(16).padStart(8, '0').toUpperCase()}`
}

/** The number of such a text, undefined if it is none. */
export function identifierOf(text: string): number | undefined {
  if (/^0x[\da-f]{8}$/i.test(text)) return Number.parseInt(text, 16)
  if (text.length !== 4 || !PRINTABLE.test(text)) return undefined
  let identifier = 0
  for (const byte of latin1Bytes(text, 'identifier')) identifier = identifier * 256 + byte
  return identifier
}

const PRINTABLE = /^[\x20-\x7e]+$/
