/** AVCConfigurationBox (ISO/IEC 14496-15 5.3.3.1). */
import type { Box } from './box.ts'

/** What of the decoder configuration record matters here; the box itself is handed on as it stands. */
export interface AvcConfiguration {
  readonly profile: number
  readonly compatibility: number
  readonly level: number
  /** Bytes of the length in front of each NAL unit: 1, 2 or 4. */
  readonly lengthBytes: number
  readonly sps: readonly Uint8Array[]
  readonly pps: readonly Uint8Array[]
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
  return { profile, compatibility, level, lengthBytes, sps, pps: units(body, body.u8()) }
}

const units = (body: Box['body'], count: number): Uint8Array[] =>
  Array.from({ length: count }, () => body.take(body.u16()))
