/** UUIDs (RFC 9562 4) of key ids and DRM systems: lower case with dashes, and their 16 bytes. */
import { HeadendError } from '../errors.ts'

/** `01234567-89ab-cdef-0123-456789abcdef` of 16 bytes. */
export function uuidText(bytes: Uint8Array): string {
  const hex = hexText(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** The 16 bytes of a UUID, with dashes or without, in any case. */
export function uuidBytes(text: string, what = 'UUID'): Uint8Array<ArrayBuffer> {
  const hex = UUID.test(text) ? text.replaceAll('-', '') : text
  if (hex.length !== 32 || !HEX.test(hex))
    throw new HeadendError('UUID_TEXT', `${what}: expected a UUID, got ${JSON.stringify(text.slice(0, 80))}`)
  return hexBytes(hex, what)
}

/** The bytes of hexadecimal digits, two each. */
export function hexBytes(hex: string, what: string): Uint8Array<ArrayBuffer> {
  if (hex.length % 2 === 1 || !HEX.test(hex))
    throw new HeadendError('HEX_TEXT', `${what}: expected pairs of hex digits, got ${hex.length} characters`)
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  )
}

/** True for a UUID with dashes, in any case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** Two lower-case digits a byte. */
export function hexText(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const HEX = /^[\da-f]*$/i
