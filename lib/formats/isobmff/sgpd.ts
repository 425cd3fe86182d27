/**
 * SampleGroupDescriptionBox (ISO/IEC 14496-12 8.9.3) of `roll` (10.1): how many samples a decoder must be given
 * before the one that is wanted. For sound that is -1 or less.
 */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The roll distance, where the box has that one alone. */
export function readRoll({ body }: Box): number | undefined {
  const { version } = versionAndFlags(body)
  const grouping = body.fourcc()
  // Version 2 has had two layouts.
  if (grouping !== 'roll' || version > 1) return undefined
  const length = version === 1 ? body.u32() : 2
  const count = body.u32()
  if (count !== 1 || length !== 2) return undefined
  return body.i16()
}

/** Writes version 1 with one entry. */
export function writeRoll(to: ByteWriter, distance: number): void {
  to.fullBox('sgpd', 1, 0, () => {
    to.latin1('roll')
    to.u32(2)
    to.u32(1)
    to.i16(distance)
  })
}
