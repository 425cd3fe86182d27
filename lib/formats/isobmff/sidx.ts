/** SegmentIndexBox (ISO/IEC 14496-12 8.16.3): the positions of subsegments. */
import { type Box, versionAndFlags } from './box.ts'

/** The file offset of each subsegment and, last, the end; empty for an index of indexes. */
export function readSidx({ at, raw, body }: Box): number[] {
  const { version } = versionAndFlags(body)
  body.skip(8)
  const wide = version > 0
  if (wide) body.u64()
  else body.u32()
  let start = at + raw.length + (wide ? body.u64() : body.u32())
  body.skip(2)
  const count = body.u16()
  const table = body.table(count, 12)
  const starts = [start]
  for (let i = 0; i < count; i++) {
    const reference = table.getUint32(i * 12)
    if (reference >= 2 ** 31) return []
    start += reference
    starts.push(start)
  }
  return starts
}
