/** AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1): what an AAC decoder is told. */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'

/** The facts a manifest prints. */
export interface AacConfig {
  /** Audio object type as RFC 6381 wants it: 2 LC, 5 HE with SBR, 29 HE with SBR and PS, 42 xHE. */
  readonly objectType: number
  /** Samples a second as heard, SBR applied. */
  readonly sampleRate: number
  /** 0 where a program config element in the stream says it. */
  readonly channels: number
}

const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
/** By channelConfiguration (table 1.19). */
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8]

/** Reads it, with explicit signalling of SBR and PS in front or, backward compatible, behind. */
export function readAudioSpecificConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(bytes, 'AudioSpecificConfig')
  let objectType = readObjectType(bits)
  let sampleRate = readRate(bits)
  const channels = channelCounts[bits.bits(4)] ?? 0
  if (objectType === 5 || objectType === 29) {
    sampleRate = readRate(bits)
    return { objectType, sampleRate, channels: objectType === 29 && channels === 1 ? 2 : channels }
  }
  // GASpecificConfig of AAC LC without a program config element is three bits; then the sync extension may follow.
  if (objectType === 2 && channels > 0 && bits.left >= 3 + 11) {
    bits.bits(1)
    if (bits.flag() && bits.left >= 14) bits.bits(14)
    bits.bits(1)
    if (bits.left >= 16 && bits.bits(11) === 0x2b7 && readObjectType(bits) === 5 && bits.flag()) {
      sampleRate = readRate(bits)
      objectType = 5
      if (bits.left >= 12 && bits.bits(11) === 0x548 && bits.flag())
        return { objectType: 29, sampleRate, channels: channels === 1 ? 2 : channels }
    }
  }
  return { objectType, sampleRate, channels }
}

function readObjectType(bits: BitReader): number {
  const type = bits.bits(5)
  return type === 31 ? 32 + bits.bits(6) : type
}

function readRate(bits: BitReader): number {
  const index = bits.bits(4)
  const rate = index === 15 ? bits.bits(24) : rates[index]
  if (!rate)
    throw new HeadendError('AAC_RATE', `AudioSpecificConfig: expected a sample rate index, got ${index}`)
  return rate
}
