/** HEVCConfigurationBox (ISO/IEC 14496-15 8.3.2.1). */
import type { HevcProfile } from '../hevc/codec-string.ts'
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The parsed fields of the decoder configuration record; the box itself is passed on unmodified. */
export interface HevcConfiguration extends HevcProfile {
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number
  /** Parameter sets and messages by NAL unit type, in order. */
  readonly arrays: readonly { readonly type: number; readonly units: readonly Uint8Array[] }[]
}

/** Reads it; early writers left the version 0. */
export function readHvcc({ body }: Box): HevcConfiguration {
  const version = body.u8()
  if (version > 1) body.fail('MP4_HEVC_VERSION', `expected version 1, got ${version}`)
  const profile = body.u8()
  const compatibility = body.u32()
  const constraints = body.take(6)
  const level = body.u8()
  // Segmentation, parallelism, chroma, bit depths, average frame rate: the SPS is more reliable.
  body.skip(8)
  const lengthBytes = (body.u8() & 3) + 1
  const arrays = Array.from({ length: body.u8() }, () => {
    const type = body.u8() & 63
    const count = body.u16()
    if (count * 2 > body.left)
      body.fail('MP4_COUNT_RANGE', `${count} NAL units declared, ${body.left} bytes left`)
    return { type, units: Array.from({ length: count }, () => body.take(body.u16())) }
  })
  return {
    space: profile >> 6,
    profile: profile & 31,
    highTier: (profile & 32) !== 0,
    compatibility,
    constraints,
    level,
    lengthBytes,
    arrays,
  }
}

/** What is written: the configuration, and facts of its sequence parameter set. */
export interface WrittenHevcConfiguration extends HevcConfiguration {
  /** Temporal sub-layers, from 1. */
  readonly subLayers: number
  /** sps_temporal_id_nesting_flag. */
  readonly isNested: boolean
  /** chroma_format_idc. */
  readonly chroma: number
  readonly bitDepth: number
  readonly chromaBitDepth: number
  /** The samples have no parameter sets of these types. */
  readonly isComplete: boolean
}

/** Writes it; how far pictures can be decoded in parallel, and their rate, are left unstated. */
export function writeHvcc(to: ByteWriter, written: WrittenHevcConfiguration): void {
  to.box('hvcC', () => {
    to.u8(1)
    to.u8((written.space << 6) | (written.highTier ? 32 : 0) | written.profile)
    to.u32(written.compatibility)
    to.bytes(written.constraints)
    to.u8(written.level)
    to.u16(0xf000)
    to.u8(0xfc)
    to.u8(0xfc | written.chroma)
    to.u8(0xf8 | (written.bitDepth - 8))
    to.u8(0xf8 | (written.chromaBitDepth - 8))
    to.u16(0)
    to.u8((written.subLayers << 3) | (written.isNested ? 4 : 0) | (written.lengthBytes - 1))
    to.u8(written.arrays.length)
    for (const { type, units } of written.arrays) {
      to.u8((written.isComplete ? 0x80 : 0) | type)
      to.u16(units.length)
      for (const unit of units) {
        to.u16(unit.length)
        to.bytes(unit)
      }
    }
  })
}
