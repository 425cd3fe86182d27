/** TrackHeaderBox (ISO/IEC 14496-12 8.3.2). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Identity and geometry of a track. */
export interface TrackHeader {
  readonly trackId: number
  readonly enabled: boolean
  /** Tracks with the same group other than 0 are alternatives. */
  readonly alternateGroup: number
  readonly volume: number
  /** Nine fixed-point numbers as stored, with rotation and mirroring. */
  readonly matrix: readonly number[]
  /** 16.16 fixed point. */
  readonly width: number
  readonly height: number
}

/** Reads versions 0 and 1. */
export function readTkhd({ body }: Box): TrackHeader {
  const { version, flags } = versionAndFlags(body)
  body.skip(version === 1 ? 16 : 8)
  const trackId = body.u32()
  body.skip(4 + (version === 1 ? 8 : 4) + 8 + 2)
  const alternateGroup = body.u16()
  const volume = body.i16()
  body.skip(2)
  const matrix = Array.from({ length: 9 }, () => body.i32())
  const enabled = (flags & 1) === 1
  return { trackId, enabled, alternateGroup, volume, matrix, width: body.u32(), height: body.u32() }
}

/** Writes version 0 with duration 0, as CMAF requires (ISO/IEC 23000-19 7.5.4). */
export function writeTkhd(to: ByteWriter, header: TrackHeader): void {
  to.fullBox('tkhd', 0, header.enabled ? 7 : 6, () => {
    to.zeros(8)
    to.u32(header.trackId)
    to.zeros(4 + 4 + 8 + 2)
    to.u16(header.alternateGroup)
    to.i16(header.volume)
    to.zeros(2)
    for (const value of header.matrix) to.i32(value)
    to.u32(header.width)
    to.u32(header.height)
  })
}
