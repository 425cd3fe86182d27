/** DataReferenceBox (ISO/IEC 14496-12 8.7.2): whether samples are in this file. */
import { type Box, boxes, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

const selfContained = 1

/** For each entry in order: true if the media is in the same file. */
export function readDref({ body }: Box): boolean[] {
  versionAndFlags(body)
  body.skip(4)
  return [...boxes(body)].map(isThisFile)
}

/** True by the flag or, as some writers omit it, if there is no location that leads elsewhere. */
function isThisFile({ body }: Box): boolean {
  const { flags } = versionAndFlags(body)
  return (flags & selfContained) !== 0 || body.take(body.left).every((byte) => byte === 0)
}

/** Writes a single entry: the same file. */
export function writeDref(to: ByteWriter): void {
  to.fullBox('dref', 0, 0, () => {
    to.u32(1)
    to.fullBox('url ', 0, selfContained, () => undefined)
  })
}
