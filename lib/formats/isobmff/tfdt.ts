/** TrackFragmentBaseMediaDecodeTimeBox (ISO/IEC 14496-12 8.8.12): a fragment's position on the track's timeline. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Reads the decode time of the fragment's first sample. */
export function readTfdt({ body }: Box): number {
  return versionAndFlags(body).version === 1 ? body.u64() : body.u32()
}

/** Writes version 1, so that a fragment's size does not depend on its time. */
export function writeTfdt(to: ByteWriter, decodeTime: number): void {
  to.fullBox('tfdt', 1, 0, () => to.u64(decodeTime))
}
