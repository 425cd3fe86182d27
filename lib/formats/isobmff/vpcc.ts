/** VPCodecConfigurationBox (VP Codec ISO Media File Format Binding). */
import type { Vp9Facts } from '../vp9/codec-string.ts'
import { type Box, versionAndFlags } from './box.ts'

/** Reads it; the box itself is passed on unmodified. A level of 0 means unknown. */
export function readVpcc({ body }: Box): Vp9Facts {
  const { version } = versionAndFlags(body)
  // Version 0 was a draft with another layout.
  if (version !== 1) body.fail('MP4_VP9_VERSION', `expected version 1, got ${version}`)
  const profile = body.u8()
  const level = body.u8()
  const packed = body.u8()
  const bitDepth = packed >> 4
  if (profile > 3 || ![8, 10, 12].includes(bitDepth))
    body.fail(
      'MP4_VP9_RANGE',
      `expected profile 0 to 3 and 8, 10 or 12 bits, got profile ${profile} and ${bitDepth} bits`,
    )
  const chroma = (packed >> 1) & 7
  const colour = {
    primaries: body.u8(),
    transfer: body.u8(),
    matrix: body.u8(),
    fullRange: (packed & 1) === 1,
  }
  return { profile, level, bitDepth, chroma, colour }
}
