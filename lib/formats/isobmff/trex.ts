/** TrackExtendsBox (ISO/IEC 14496-12 8.8.3): defaults of a track's fragments. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Defaults for what a fragment does not state. */
export interface TrackDefaults {
  readonly trackId: number
  readonly description: number
  readonly duration: number
  readonly size: number
  readonly flags: number
}

/** Reads it. */
export function readTrex({ body }: Box): TrackDefaults {
  versionAndFlags(body)
  return {
    trackId: body.u32(),
    description: body.u32(),
    duration: body.u32(),
    size: body.u32(),
    flags: body.u32(),
  }
}

/** Writes it. */
export function writeTrex(to: ByteWriter, defaults: TrackDefaults): void {
  to.fullBox('trex', 0, 0, () => {
    to.u32(defaults.trackId)
    to.u32(defaults.description)
    to.u32(defaults.duration)
    to.u32(defaults.size)
    to.u32(defaults.flags)
  })
}
