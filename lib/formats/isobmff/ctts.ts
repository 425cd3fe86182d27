/** CompositionOffsetBox (ISO/IEC 14496-12 8.6.1.3): presentation time minus decode time. */
import { type Box, versionAndFlags } from './box.ts'
import type { Repair } from './repair.ts'

/**
 * Offsets of all samples. Both versions are read as signed: version 0 is unsigned by the standard, but QuickTime files
 * write negative offsets in it, and no real offset exceeds 2^31. If the table ends early, the rest are presented at
 * their decode time, as in all players, and a repair is added to `repairs`.
 */
export function readCtts({ body }: Box, count: number, repairs: Repair[] = []): Int32Array {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 8)
  const runs = table.byteLength / 8
  const offsets = new Int32Array(count)
  let sample = 0
  for (let run = 0; run < runs && sample < count; run++) {
    const until = Math.min(count, sample + table.getUint32(run * 8))
    offsets.fill(table.getInt32(run * 8 + 4), sample, until)
    sample = until
  }
  if (sample < count)
    repairs.push({
      code: 'MP4_TABLES_DISAGREE',
      reason: `ctts: expected offsets of ${count} samples, got ${sample}; the rest are shown when they are decoded`,
    })
  return offsets
}
