/** SyncSampleBox (ISO/IEC 14496-12 8.6.2): samples a decoder can start with. */
import { type Box, versionAndFlags } from './box.ts'

/** 1 for each sync sample. Numbers from 1 count; 0 and those past the last sample name nothing and are passed over. */
export function readStss({ body }: Box, count: number): Uint8Array {
  versionAndFlags(body)
  const table = body.countedTable(body.u32(), 4)
  const sync = new Uint8Array(count)
  for (let i = 0; i < table.byteLength / 4; i++) {
    const number = table.getUint32(i * 4)
    if (number > 0 && number <= count) sync[number - 1] = 1
  }
  return sync
}
