/** SampleToChunkBox (ISO/IEC 14496-12 8.7.4). */
import { type Box, versionAndFlags } from './box.ts'

/** From chunk `first` (counted from 1) on, chunks hold `samples` samples described by entry `description` (from 1). */
export interface ChunkRun {
  readonly first: number
  readonly samples: number
  readonly description: number
}

/** The runs; their first chunks must rise. */
export function readStsc({ body }: Box): ChunkRun[] {
  versionAndFlags(body)
  const count = body.u32()
  const table = body.table(count, 12)
  const runs: ChunkRun[] = []
  for (let i = 0; i < count; i++) {
    const first = table.getUint32(i * 12)
    const before = runs.at(-1)?.first ?? 0
    if (first <= before || (i === 0 && first !== 1))
      body.fail('MP4_CHUNK_ORDER', `expected a first chunk after ${before}, got ${first} in entry ${i}`)
    runs.push({
      first,
      samples: table.getUint32(i * 12 + 4),
      description: table.getUint32(i * 12 + 8),
    })
  }
  return runs
}
