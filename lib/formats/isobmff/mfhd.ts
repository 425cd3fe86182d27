/** MovieFragmentHeaderBox (ISO/IEC 14496-12 8.8.5). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Reads the sequence number. */
export function readMfhd({ body }: Box): number {
  versionAndFlags(body)
  return body.u32()
}

/** Writes it. */
export function writeMfhd(to: ByteWriter, sequence: number): void {
  to.fullBox('mfhd', 0, 0, () => to.u32(sequence))
}
