/** MovieHeaderBox (ISO/IEC 14496-12 8.2.2). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readDuration } from './duration.ts'

/** The parsed fields: the timescale of edit lists. */
export interface MovieHeader {
  readonly timescale: number
  /** The duration of the longest track; 0 if not stated. */
  readonly duration: number
  readonly nextTrackId: number
}

/** Reads versions 0 and 1; a timescale of 0 is refused, since times would be undefined. */
export function readMvhd({ body }: Box): MovieHeader {
  const { version } = versionAndFlags(body)
  body.skip(version === 1 ? 16 : 8)
  const timescale = body.u32()
  if (timescale === 0) body.fail('MP4_TIMESCALE_ZERO', 'expected a timescale above 0, got 0')
  const duration = readDuration(body, version)
  body.skip(4 + 2 + 2 + 8 + 36 + 24)
  return { timescale, duration, nextTrackId: body.u32() }
}

/** Writes version 0; a fragmented movie has duration 0. */
export function writeMvhd(to: ByteWriter, { timescale, duration, nextTrackId }: MovieHeader): void {
  to.fullBox('mvhd', 0, 0, () => {
    to.zeros(8)
    to.u32(timescale)
    to.u32(duration)
    to.u32(0x10000)
    to.u16(0x100)
    to.zeros(10)
    for (const value of unityMatrix) to.i32(value)
    to.zeros(24)
    to.u32(nextTrackId)
  })
}

/** The identity matrix (8.2.2.2). */
export const unityMatrix: readonly number[] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
