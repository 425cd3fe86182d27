/** Strings in boxes: UTF-8 (ISO/IEC 14496-12 4.2.1). */
import type { ByteReader } from './byte-reader.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The rest of the box without a trailing zero byte. */
export function readBoxString(body: ByteReader): string {
  const bytes = body.take(body.left)
  return utf8.decode(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)
}

/** Up to the terminating zero byte, or to the end if it is missing. */
export function readString(body: ByteReader): string {
  const rest = body.bytes.subarray(body.position)
  const end = rest.indexOf(0)
  const text = body.take(end < 0 ? rest.length : end)
  if (end >= 0) body.skip(1)
  return utf8.decode(text)
}
