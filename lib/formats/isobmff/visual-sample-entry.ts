/** VisualSampleEntry (ISO/IEC 14496-12 12.1.3): the generic fields around every video codec's configuration. */
import { type Box, boxes } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Frame size and the boxes of the entry. */
export interface VisualSampleEntry {
  readonly dataReference: number
  readonly width: number
  readonly height: number
  readonly children: readonly Box[]
}

/** Reads it. */
export function readVisualSampleEntry({ body }: Box): VisualSampleEntry {
  body.skip(6)
  const dataReference = body.u16()
  body.skip(16)
  const width = body.u16()
  const height = body.u16()
  body.skip(4 + 4 + 4 + 2 + 32 + 2 + 2)
  return { dataReference, width, height, children: [...boxes(body)] }
}

/** Writes it under `type` with default values; `content` writes the boxes in it. */
export function writeVisualSampleEntry(
  to: ByteWriter,
  type: string,
  { width, height }: { readonly width: number; readonly height: number },
  content: () => void,
): void {
  to.box(type, () => {
    to.zeros(6)
    to.u16(1)
    to.zeros(16)
    to.u16(width)
    to.u16(height)
    to.u32(0x480000)
    to.u32(0x480000)
    to.zeros(4)
    to.u16(1)
    to.zeros(32)
    to.u16(0x18)
    to.i16(-1)
    content()
  })
}
