/**
 * SampleGroupDescriptionBox (ISO/IEC 14496-12 8.9.3). Of `roll` (10.1): how many samples a decoder must be given
 * before the one that is wanted; for sound that is -1 or less. Of `seig` (ISO/IEC 23001-7 6): the key of samples that
 * have not the one `tenc` names.
 */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type TrackEncryption, trackEncryptionBytes, writeTrackEncryption } from './tenc.ts'

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

/** Length of what `writeSeig` writes. */
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
