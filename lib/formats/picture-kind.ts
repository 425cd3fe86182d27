/** Classifies pictures by their first bytes, since the sample table may be wrong: decoding starts at key pictures. */
import { HeadendError } from '../errors.ts'
import { BitReader } from './bits.ts'
import { withoutEmulation } from './nal.ts'

/** `intra` depends on no other picture, but later ones may depend on some before it. */
export type PictureKind = 'key' | 'intra' | 'other'

/** The start of a sample, and the sample's length. */
export interface PictureStart {
  readonly bytes: Uint8Array
  readonly size: number
}

/** By the type of the picture's first NAL unit and, in H.264, of its first slice (ISO/IEC 14496-10 7.4.1, 7.4.3). */
export function avcPictureKind(start: PictureStart, lengthBytes: number): PictureKind | undefined {
  for (const unit of unitsOf(start, lengthBytes)) {
    const type = (unit[0] ?? 0) & 31
    if (type === 5) return 'key'
    if (type > 1 && type < 5) return 'other'
    if (type !== 1) continue
    return sliceKind(unit)
  }
  return undefined
}

function sliceKind(unit: Uint8Array): PictureKind | undefined {
  const bits = new BitReader(withoutEmulation(unit.subarray(1, 24)), 'slice header')
  try {
    bits.ue()
    return intraSlices.has(bits.ue() % 5) ? 'intra' : 'other'
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
  }
}

/** I and SI. */
const intraSlices = new Set([2, 4])

/** IRAP pictures (ISO/IEC 23008-2 7.4.2.2) are those at which decoding can start. */
export function hevcPictureKind(start: PictureStart, lengthBytes: number): PictureKind | undefined {
  for (const unit of unitsOf(start, lengthBytes)) {
    const type = ((unit[0] ?? 0) >> 1) & 63
    if (type < 32) return type >= 16 && type <= 23 ? 'key' : 'other'
  }
  return undefined
}

/** By the first frame header (AV1 bitstream specification 5.9.2). */
export function av1PictureKind({ bytes, size }: PictureStart): PictureKind | undefined {
  for (let at = 0; at + 2 < bytes.length; ) {
    const header = bytes[at++] ?? 0
    if (header & 129 || (header & 2) === 0) return undefined
    if (header & 4) at++
    let length = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    if (at + length > size) return undefined
    const type = header >> 3
    // show_existing_frame, then frame_type, of which 0 is a key frame.
    if (type === 3 || type === 6) return (bytes[at] ?? 0xff) >> 5 === 0 ? 'key' : 'other'
    at += length
  }
  return undefined
}

/** The units that begin in the available bytes; none if lengths are invalid. */
function* unitsOf({ bytes, size }: PictureStart, lengthBytes: number): Generator<Uint8Array> {
  for (let at = 0; at + lengthBytes < bytes.length; ) {
    let length = 0
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[at++] ?? 0)
    const first = bytes[at] ?? 0
    if (length === 0 || at + length > size || first >= 128) return
    yield bytes.subarray(at, at + length)
    at += length
  }
}
