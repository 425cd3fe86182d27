/** EXT-X-BYTERANGE and the BYTERANGE attribute (RFC 8216bis 4.4.4.2, 4.4.4.5). */
import type { HlsByteRange } from './playlist.ts'
import { wholeNumber } from './print-attributes.ts'

/** `length@offset`. The offset is always said: readers then need no neighbour to find the bytes. */
export function byteRangeText({ offset, length }: HlsByteRange): string {
  return `${wholeNumber('byte range length', length)}@${wholeNumber('byte range offset', offset)}`
}
