/** TrackEncryptionBox (ISO/IEC 23001-7 8.2): the encryption of samples unless a sample group overrides it. */
import type { Pattern } from '../cenc/cbcs.ts'
import type { ByteWriter } from './byte-writer.ts'

/** A track's encryption parameters. */
export interface TrackEncryption {
  /** 16 bytes. */
  readonly kid: Uint8Array
  /** Either the IV size of each sample, or the IV of all samples. */
  readonly iv: { readonly perSampleBytes: 8 | 16 } | { readonly constant: Uint8Array }
  /** For `cbcs`. */
  readonly pattern?: Pattern
}

/** Writes version 1 if there is a pattern, else version 0. */
export function writeTenc(to: ByteWriter, encryption: TrackEncryption): void {
  const { pattern } = encryption
  to.fullBox('tenc', pattern ? 1 : 0, 0, () => writeTrackEncryption(to, encryption))
}

/** The length of the fields that `tenc` and `seig` share. */
export const trackEncryptionBytes = ({ iv }: TrackEncryption): number =>
  20 + ('constant' in iv ? 1 + iv.constant.length : 0)

/** Writes the fields that `tenc` and the sample group entry `seig` share (8.2.2, 6). */
export function writeTrackEncryption(to: ByteWriter, { kid, iv, pattern }: TrackEncryption): void {
  to.u8(0)
  to.u8(pattern ? (pattern.crypt << 4) | pattern.skip : 0)
  to.u8(1)
  to.u8('constant' in iv ? 0 : iv.perSampleBytes)
  to.bytes(kid)
  if (!('constant' in iv)) return
  to.u8(iv.constant.length)
  to.bytes(iv.constant)
}
