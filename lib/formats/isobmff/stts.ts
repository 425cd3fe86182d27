/** TimeToSampleBox (ISO/IEC 14496-12 8.6.1.2): sample durations. */
import { type Box, versionAndFlags } from './box.ts'
import type { Repair } from './repair.ts'

/**
 * Decode time of every sample and, last, the end; exactly `count + 1` values. If the table ends early, its last
 * duration is repeated, as in all players, and a repair is added to `repairs`.
 */
export function readStts({ body }: Box, count: number, repairs: Repair[] = []): Float64Array {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 8)
  const runs = table.byteLength / 8
  const times = new Float64Array(count + 1)
  let sample = 0
  let time = 0
  let last = 0
  for (let run = 0; run < runs && sample < count; run++) {
    const until = Math.min(count, sample + table.getUint32(run * 8))
    last = table.getUint32(run * 8 + 4)
    for (; sample < until; sample++) {
      times[sample] = time
      time += last
    }
  }
  if (sample < count) {
    const disagree = `expected times of ${count} samples, got ${sample}`
    if (sample === 0) body.fail('MP4_TABLES_DISAGREE', disagree)
    repairs.push({
      code: 'MP4_TABLES_DISAGREE',
      reason: `stts: ${disagree}; the rest last as long as the last of them`,
    })
    for (; sample < count; sample++) {
      times[sample] = time
      time += last
    }
  }
  if (time > Number.MAX_SAFE_INTEGER) body.fail('MP4_NUMBER_RANGE', 'decode time above 2^53')
  times[count] = time
  return times
}
