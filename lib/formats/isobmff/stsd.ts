/** SampleDescriptionBox (ISO/IEC 14496-12 8.5.2): the decoder configurations. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The sample entries as boxes, in order. */
export function readStsd({ body }: Box): Box[] {
  versionAndFlags(body)
  const count = body.u32()
  if (count * 8 > body.left)
    body.fail('MP4_COUNT_RANGE', `${count} sample entries declared, ${body.left} bytes left`)
  const entries: Box[] = []
  for (const entry of boxes(body)) {
    if (entries.length === count) break
    entries.push(entry)
  }
  return entries
}

/** Four-cc of the first sample entry, which may itself be invalid. */
export function firstEntry({ body }: Box): string {
  body.skip(4 + 4 + 4)
  return body.fourcc()
}

/** Writes a single sample entry unmodified. */
export function writeStsd(to: ByteWriter, entry: Uint8Array): void {
  to.fullBox('stsd', 0, 0, () => {
    to.u32(1)
    to.bytes(entry)
  })
}
