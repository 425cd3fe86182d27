/** SyncSampleBox (ISO/IEC 14496-12 8.6.2): samples a decoder can start with. */
import { type Box, versionAndFlags } from './box.ts'

/** 1 for each sync sample. Numbers past the last sample name nothing and are passed over. */
export function readStss({ body }: Box, count: number): Uint8Array {
  versionAndFlags(body)
  const entries = body.u32()
  const table = body.table(entries, 4)
  const sync = new Uint8Array(count)
  for (let i = 0; i < entries; i++) {
    const number = table.getUint32(i * 4)
    if (number === 0) body.fail('MP4_SYNC_ZERO', `expected sample numbers from 1, got 0 in entry ${i}`)
    if (number <= count) sync[number - 1] = 1
  }
  return sync
}
