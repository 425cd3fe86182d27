/** TimeToSampleBox (ISO/IEC 14496-12 8.6.1.2): how long each sample lasts. */
import { type Box, versionAndFlags } from './box.ts'

/** Decode time of every sample and, last, the end; exactly `count + 1` values. */
export function readStts({ body }: Box, count: number): Float64Array {
  versionAndFlags(body)
  const runs = body.u32()
  const table = body.table(runs, 8)
  const times = new Float64Array(count + 1)
  let sample = 0
  let time = 0
  for (let run = 0; run < runs && sample < count; run++) {
    const until = Math.min(count, sample + table.getUint32(run * 8))
    const delta = table.getUint32(run * 8 + 4)
    for (; sample < until; sample++) {
      times[sample] = time
      time += delta
    }
  }
  if (sample < count) body.fail('MP4_TABLES_DISAGREE', `expected times of ${count} samples, got ${sample}`)
  if (time > Number.MAX_SAFE_INTEGER) body.fail('MP4_NUMBER_RANGE', 'decode time above 2^53')
  times[count] = time
  return times
}
