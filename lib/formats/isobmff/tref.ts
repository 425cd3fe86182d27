/** TrackReferenceBox (ISO/IEC 14496-12 8.3.3): the tracks a track refers to, by type of reference. */
import { type Box, boxes } from './box.ts'

/** A kind of reference (`chap`, `hint`, `cdsc`) and the tracks it names. */
export interface TrackReference {
  readonly type: string
  readonly trackIds: readonly number[]
}

/** Reads all of them. */
export function readTref({ body }: Box): TrackReference[] {
  return [...boxes(body)].map(({ type, body: list }) => {
    const count = Math.floor(list.left / 4)
    const table = list.table(count, 4)
    return { type, trackIds: Array.from({ length: count }, (_, i) => table.getUint32(i * 4)) }
  })
}
