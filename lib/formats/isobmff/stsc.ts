/** SampleToChunkBox (ISO/IEC 14496-12 8.7.4). */
import { type Box, versionAndFlags } from './box.ts'

/**
 * Runs of chunks as columns: from chunk `first[i]` (counted from 1) on, each chunk has `samples[i]` samples with sample
 * entry `descriptions[i]` (from 1).
 */
export interface ChunkRuns {
  readonly count: number
  readonly first: Uint32Array
  readonly samples: Uint32Array
  readonly descriptions: Uint32Array
}

/** Reads the runs; their first chunks must be ascending. */
export function readStsc({ body }: Box): ChunkRuns {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 12)
  const count = table.byteLength / 12
  const runs = {
    count,
    first: new Uint32Array(count),
    samples: new Uint32Array(count),
    descriptions: new Uint32Array(count),
  }
  let before = 0
  for (let i = 0; i < count; i++) {
    const first = table.getUint32(i * 12)
    if (first <= before || (i === 0 && first !== 1))
      body.fail('MP4_CHUNK_ORDER', `expected a first chunk after ${before}, got ${first} in entry ${i}`)
    runs.first[i] = first
    runs.samples[i] = table.getUint32(i * 12 + 4)
    runs.descriptions[i] = table.getUint32(i * 12 + 8)
    before = first
  }
  return runs
}
