/** A box from hex or from a writer, for the tests of formats. */
import { type Box, boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'

/** The box those bytes are; spaces in the hex are for the reader. */
export function boxOf(bytes: string | Uint8Array): Box {
  const raw = typeof bytes === 'string' ? Buffer.from(bytes.replaceAll(/\s/g, ''), 'hex') : bytes
  const [box] = boxes(new ByteReader(raw))
  if (!box) throw new Error('no box')
  return box
}

/** What a writer writes. */
export function written(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter(8)
  write(to)
  return to.written
}

/** As hex. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
