/**
 * SampleGroupDescriptionBox (ISO/IEC 14496-12 8.9.3). With `roll` (10.1): the number of samples a decoder needs before
 * the target sample; for audio -1 or less. With `seig` (ISO/IEC 23001-7 6): the key of samples that do not use the one
 * in `tenc`.
 */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type TrackEncryption, trackEncryptionBytes, writeTrackEncryption } from './tenc.ts'

/** The roll distance, if it is the only entry of the box. */
export function readRoll({ body }: Box): number | undefined {
  const { version } = versionAndFlags(body)
  const grouping = body.fourcc()
  // Version 2 exists in two layouts.
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

/** The length of `writeSeig`'s box. */
export const seigBytes = (encryption: TrackEncryption): number => 24 + trackEncryptionBytes(encryption)

/** Writes version 1 with one entry. */
export function writeSeig(to: ByteWriter, encryption: TrackEncryption): void {
  to.fullBox('sgpd', 1, 0, () => {
    to.latin1('seig')
    to.u32(trackEncryptionBytes(encryption))
    to.u32(1)
    writeTrackEncryption(to, encryption)
  })
}
