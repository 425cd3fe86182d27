/** SyncSampleBox (ISO/IEC 14496-12 8.6.2): the samples at which decoding can start. */
import { type Box, versionAndFlags } from './box.ts'

/** 1 for each sync sample. Numbers count from 1; 0 and those past the last sample are ignored. */
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
