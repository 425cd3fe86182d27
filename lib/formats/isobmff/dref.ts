/** DataReferenceBox (ISO/IEC 14496-12 8.7.2): whether samples lie in this file. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** For each entry in order, whether the media lies in the same file. */
export function readDref({ body }: Box): boolean[] {
  versionAndFlags(body)
  body.skip(4)
  return [...boxes(body)].map((entry) => (versionAndFlags(entry.body).flags & 1) === 1)
}

/** Writes one entry: the same file. */
export function writeDref(to: ByteWriter): void {
  to.fullBox('dref', 0, 0, () => {
    to.u32(1)
    to.fullBox('url ', 0, 1, () => undefined)
  })
}
