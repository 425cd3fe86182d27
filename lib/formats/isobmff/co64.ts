/** ChunkLargeOffsetBox (ISO/IEC 14496-12 8.7.5), 64-bit. */
import { type Box, versionAndFlags } from './box.ts'

/** Offset of each chunk in the file. */
export function readCo64({ body }: Box): Float64Array {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 8)
  const count = table.byteLength / 8
  const offsets = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const offset = table.getUint32(i * 8) * 2 ** 32 + table.getUint32(i * 8 + 4)
    if (offset > Number.MAX_SAFE_INTEGER) body.fail('MP4_NUMBER_RANGE', `offset of chunk ${i + 1} above 2^53`)
    offsets[i] = offset
  }
  return offsets
}
