/** Samples of a timed text track (3GPP TS 26.245 5.17): a text, and boxes that style parts of it. */
import { type Box, boxes } from './box.ts'
import { ByteReader } from './byte-reader.ts'

/** A text; empty if nothing is shown. */
export interface Tx3gSample {
  readonly text: string
  /** In order; text between runs has the entry's style. */
  readonly styles: readonly StyleRun[]
}

/** A style for the characters from `from` to before `to`. */
export interface StyleRun {
  readonly from: number
  readonly to: number
  /** Bits of `faceStyle`. */
  readonly face: number
}

/** Reads it; boxes other than `styl` are ignored. */
export function readTx3gSample(bytes: Uint8Array, at = 0): Tx3gSample {
  const reader = new ByteReader(bytes, at, 'tx3g sample')
  if (reader.left < 2) return { text: '', styles: [] }
  const length = reader.u16()
  if (length > reader.left)
    reader.fail('MP4_TX3G_LENGTH', `expected a text of ${length} bytes, got ${reader.left}`)
  const text = decode(reader.take(length))
  const styles: StyleRun[] = []
  for (const box of boxes(reader)) if (box.type === 'styl') styles.push(...readStyl(box))
  return { text, styles }
}

/** UTF-8, or UTF-16 after a byte order mark (5.17). */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes
  const little = first === 0xff && second === 0xfe
  const big = first === 0xfe && second === 0xff
  return new TextDecoder(little ? 'utf-16le' : big ? 'utf-16be' : 'utf-8').decode(bytes)
}

const recordBytes = 12

/** TextStyleBox (5.17.1.1). */
function readStyl({ body }: Box): StyleRun[] {
  const count = body.u16()
  const table = body.table(count, recordBytes)
  return Array.from({ length: count }, (_, i) => ({
    from: table.getUint16(i * recordBytes),
    to: table.getUint16(i * recordBytes + 2),
    face: table.getUint8(i * recordBytes + 6),
  }))
}
