/** ChunkOffsetBox (ISO/IEC 14496-12 8.7.5), 32-bit. */
import { type Box, versionAndFlags } from './box.ts'

/** Offset of each chunk in the file. */
export function readStco({ body }: Box): Float64Array {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 4)
  const count = table.byteLength / 4
  const offsets = new Float64Array(count)
  for (let i = 0; i < count; i++) offsets[i] = table.getUint32(i * 4)
  return offsets
}
