/** Changes boxes of a real film whose `moov` comes last, so that nothing in front of it moves. */
import { type Box, boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'

const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'mvex'])

/** What a box becomes: other boxes, none, or itself (undefined). `path` is the types from the top, `moov/trak/…`. */
export type BoxChange = (box: Box, path: string) => Uint8Array | undefined

/** The film with every box asked about. */
export function editBoxes(film: Uint8Array, change: BoxChange): Uint8Array {
  return Buffer.concat(edited(new ByteReader(film), '', change))
}

function edited(reader: ByteReader, above: string, change: BoxChange): Uint8Array[] {
  return [...boxes(reader)].map((box) => {
    const path = above + box.type
    const changed = change(box, path)
    if (changed) return changed
    if (!containers.has(box.type)) return box.raw
    return boxOf(box.type, ...edited(box.body, `${path}/`, change))
  })
}

/** A box around what it holds. */
export function boxOf(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const to = new ByteWriter()
  to.box(type, () => {
    for (const one of content) to.bytes(one)
  })
  return to.written
}

/** A box with version and flags of 0 around numbers of 32 bits. */
export function tableOf(type: string, ...numbers: readonly number[]): Uint8Array {
  const to = new ByteWriter()
  to.fullBox(type, 0, 0, () => {
    for (const number of numbers) to.i32(number)
  })
  return to.written
}
