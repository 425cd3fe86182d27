/** AV1CodecConfigurationBox (AV1 Codec ISO Media File Format Binding, 2.3). */
import type { Av1Facts } from '../av1/codec-string.ts'
import type { Box } from './box.ts'

/** The parsed fields; the box itself is passed on unmodified. */
export interface Av1Configuration extends Omit<Av1Facts, 'colour'> {
  /** A sequence header and metadata, or nothing. */
  readonly obus: Uint8Array
}

const markerAndVersion = 0x81

/** Reads it. */
export function readAv1c({ body }: Box): Av1Configuration {
  const first = body.u8()
  if (first !== markerAndVersion)
    body.fail('MP4_AV1_VERSION', `expected marker and version 81, got ${first.toString(16).padStart(2, '0')}`)
  const second = body.u8()
  const third = body.u8()
  body.skip(1)
  const isHigh = (third & 64) !== 0
  return {
    profile: second >> 5,
    level: second & 31,
    highTier: third >= 128,
    bitDepth: isHigh ? ((third & 32) !== 0 ? 12 : 10) : 8,
    monochrome: (third & 16) !== 0,
    subsamplingX: (third >> 3) & 1,
    subsamplingY: (third >> 2) & 1,
    chromaPosition: third & 3,
    obus: body.take(body.left),
  }
}
