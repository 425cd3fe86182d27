/** HEVCConfigurationBox (ISO/IEC 14496-15 8.3.2.1). */
import type { HevcProfile } from '../hevc/codec-string.ts'
import type { Box } from './box.ts'

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
