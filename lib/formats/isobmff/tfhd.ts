/** TrackFragmentHeaderBox (ISO/IEC 14496-12 8.8.7). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Defaults of one fragment; absent ones come from `trex`. */
export interface TrackFragmentHeader {
  readonly trackId: number
  readonly baseOffset?: number
  readonly description?: number
  readonly duration?: number
  readonly size?: number
  readonly flags?: number
  readonly durationIsEmpty: boolean
  /** Data offsets are relative to the start of the `moof`. */
  readonly baseIsMoof: boolean
}

const has = { baseOffset: 1, description: 2, duration: 8, size: 16, flags: 32, empty: 0x10000, moof: 0x20000 }

/** Reads it. */
export function readTfhd({ body }: Box): TrackFragmentHeader {
  const { flags } = versionAndFlags(body)
  return {
    trackId: body.u32(),
    ...(flags & has.baseOffset && { baseOffset: body.u64() }),
    ...(flags & has.description && { description: body.u32() }),
    ...(flags & has.duration && { duration: body.u32() }),
    ...(flags & has.size && { size: body.u32() }),
    ...(flags & has.flags && { flags: body.u32() }),
    durationIsEmpty: (flags & has.empty) !== 0,
    baseIsMoof: (flags & has.moof) !== 0,
  }
}

/** Writes it. */
export function writeTfhd(to: ByteWriter, header: TrackFragmentHeader): void {
  const flags =
    (header.baseOffset === undefined ? 0 : has.baseOffset) |
    (header.description === undefined ? 0 : has.description) |
    (header.duration === undefined ? 0 : has.duration) |
    (header.size === undefined ? 0 : has.size) |
    (header.flags === undefined ? 0 : has.flags) |
    (header.durationIsEmpty ? has.empty : 0) |
    (header.baseIsMoof ? has.moof : 0)
  to.fullBox('tfhd', 0, flags, () => {
    to.u32(header.trackId)
    if (header.baseOffset !== undefined) to.u64(header.baseOffset)
    if (header.description !== undefined) to.u32(header.description)
    if (header.duration !== undefined) to.u32(header.duration)
    if (header.size !== undefined) to.u32(header.size)
    if (header.flags !== undefined) to.u32(header.flags)
  })
}
