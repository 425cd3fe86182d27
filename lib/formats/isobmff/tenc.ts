/** TrackEncryptionBox (ISO/IEC 23001-7 8.2): how samples are protected unless a sample group says otherwise. */
import type { Pattern } from '../cenc/cbcs.ts'
import type { ByteWriter } from './byte-writer.ts'

/** What a decryptor is told before it sees a sample. */
export interface TrackEncryption {
  /** 16 bytes. */
  readonly kid: Uint8Array
  /** Either each sample brings an IV of so many bytes, or all use this one. */
  readonly iv: { readonly perSampleBytes: 8 | 16 } | { readonly constant: Uint8Array }
  /** Of `cbcs`. */
  readonly pattern?: Pattern
}

/** Writes version 1 where there is a pattern, else version 0. */
export function writeTenc(to: ByteWriter, encryption: TrackEncryption): void {
  const { pattern } = encryption
  to.fullBox('tenc', pattern ? 1 : 0, 0, () => writeTrackEncryption(to, encryption))
}

/** Bytes of the fields that `tenc` and `seig` share. */
export const trackEncryptionBytes = ({ iv }: TrackEncryption): number =>
  20 + ('constant' in iv ? 1 + iv.constant.length : 0)

/** The fields that `tenc` and the sample group entry `seig` share (8.2.2, 6). */
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
