/** STREAMINFO, the metadata block every FLAC stream starts with (RFC 9639 8.2). */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'

/** The facts for manifests and sample entries. */
export interface FlacStreamInfo {
  readonly sampleRate: number
  readonly channels: number
  readonly bitsPerSample: number
}

/** Length of the block. */
export const streamInfoBytes = 34

/** Reads it; a rate of 0 means that the stream is not audio, and is refused. */
export function readStreamInfo(bytes: Uint8Array): FlacStreamInfo {
  const bits = new BitReader(bytes, 'STREAMINFO')
  // Smallest and largest block and frame.
  for (const size of [16, 16, 24, 24]) bits.bits(size)
  const sampleRate = bits.bits(20)
  if (sampleRate === 0)
    throw new HeadendError('FLAC_RATE', 'STREAMINFO: expected a sample rate above 0, got 0')
  return { sampleRate, channels: bits.bits(3) + 1, bitsPerSample: bits.bits(5) + 1 }
}
