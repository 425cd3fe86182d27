/** ExtendedLanguageBox (ISO/IEC 14496-12 8.4.6): a BCP 47 tag. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Reads the tag, which is zero-terminated. */
export function readElng({ body }: Box): string {
  versionAndFlags(body)
  const text = body.take(body.left)
  const end = text.indexOf(0)
  return String.fromCharCode(...text.subarray(0, Math.min(end < 0 ? text.length : end, 255)))
}

/** Writes the tag. */
export function writeElng(to: ByteWriter, tag: string): void {
  to.fullBox('elng', 0, 0, () => {
    to.latin1(tag)
    to.u8(0)
  })
}
