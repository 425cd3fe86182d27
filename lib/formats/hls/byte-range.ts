/** EXT-X-BYTERANGE and the BYTERANGE attribute (RFC 8216bis 4.4.4.2, 4.4.4.5). */
import type { HlsByteRange } from './playlist.ts'
import { wholeNumber } from './print-attributes.ts'

/** `length@offset`. The offset is always written, so that the range does not depend on a neighbour. */
export function byteRangeText({ offset, length }: HlsByteRange): string {
  return `${wholeNumber('byte range length', length)}@${wholeNumber('byte range offset', offset)}`
}

/** `n[@o]`; without an offset it continues after `before`. Undefined if invalid, or if there is nothing before. */
export function readByteRange(text: string, before: HlsByteRange | undefined): HlsByteRange | undefined {
  const at = text.indexOf('@')
  const length = digits(at < 0 ? text : text.slice(0, at))
  const offset = at < 0 ? before && before.offset + before.length : digits(text.slice(at + 1))
  return length === undefined || offset === undefined ? undefined : { offset, length }
}

function digits(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}
