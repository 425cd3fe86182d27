/** AVCConfigurationBox (ISO/IEC 14496-15 5.3.3.1). */
import type { AvcSampling } from '../avc/sps.ts'
import type { Box } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** The parsed fields of the decoder configuration record. */
export interface AvcConfiguration {
  readonly profile: number
  readonly compatibility: number
  readonly level: number
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number
  readonly sps: readonly Uint8Array[]
  readonly pps: readonly Uint8Array[]
  /** Sequence parameter set extensions, of profiles that have them. */
  readonly extensions: readonly Uint8Array[]
}

/** Reads it. */
export function readAvcc({ body }: Box): AvcConfiguration {
  const version = body.u8()
  if (version !== 1) body.fail('MP4_AVC_VERSION', `expected version 1, got ${version}`)
  const profile = body.u8()
  const compatibility = body.u8()
  const level = body.u8()
  const lengthBytes = (body.u8() & 3) + 1
  const sps = units(body, body.u8() & 31)
  const pps = units(body, body.u8())
  return {
    profile,
    compatibility,
    level,
    lengthBytes,
    sps,
    pps,
    extensions: hasSampling(profile) ? readExtensions(body) : [],
  }
}

/** Some writers omit everything after the parameter sets, or write something else there. */
function readExtensions(body: Box['body']): Uint8Array[] {
  if (body.left < 4 || body.u8() < reservedBits) return []
  body.skip(2)
  const extensions: Uint8Array[] = []
  for (let left = body.u8(); left > 0 && body.left >= 2; left--) {
    const length = body.u16()
    if (length > body.left) return []
    extensions.push(body.take(length))
  }
  return extensions
}

/** The reserved bits in front of chroma_format. */
const reservedBits = 0xfc

/** True for profiles other than Baseline, Main and Extended, whose records have the sampling format. */
const hasSampling = (profile: number): boolean => profile !== 66 && profile !== 77 && profile !== 88

/** Writes it with the sampling format if the profile requires it, which the source may have omitted (5.3.3.1.2). */
export function writeAvcc(to: ByteWriter, configuration: AvcConfiguration, sampling: AvcSampling): void {
  const { profile, compatibility, level, lengthBytes, sps, pps, extensions } = configuration
  to.box('avcC', () => {
    for (const byte of [1, profile, compatibility, level, 0xfc | (lengthBytes - 1), 0xe0 | sps.length])
      to.u8(byte)
    writeUnits(to, sps)
    to.u8(pps.length)
    writeUnits(to, pps)
    if (!hasSampling(profile)) return
    to.u8(reservedBits | (sampling.chromaFormat & 3))
    to.u8(0xf8 | ((sampling.lumaBits - 8) & 7))
    to.u8(0xf8 | ((sampling.chromaBits - 8) & 7))
    to.u8(extensions.length)
    writeUnits(to, extensions)
  })
}

function writeUnits(to: ByteWriter, of: readonly Uint8Array[]): void {
  for (const unit of of) {
    to.u16(unit.length)
    to.bytes(unit)
  }
}

const units = (body: Box['body'], count: number): Uint8Array[] =>
  Array.from({ length: count }, () => body.take(body.u16()))
