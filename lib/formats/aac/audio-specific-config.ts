/** AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1): the configuration of an AAC decoder. */
import { HeadendError } from '../../errors.ts'
import { BitReader } from '../bits.ts'
import { type Speakers, speakersOf } from '../channel-layout.ts'
import { programSpeakers } from './program-config.ts'
import { readUsacConfig } from './usac-config.ts'

/** The facts that manifests need. */
export interface AacConfig {
  /** Audio object type as in RFC 6381: 2 LC, 5 HE with SBR, 29 HE with SBR and PS, 42 xHE. */
  readonly objectType: number
  /** Output sample rate, SBR applied. */
  readonly sampleRate: number
  /** 0 if only the stream itself says it. */
  readonly channels: number
  /** As in `Speakers`. */
  readonly layout?: number
}

const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
/** The ISO/IEC 23091-3 configurations that channelConfiguration leaves out (table 1.19). */
const reserved = new Set([8, 9, 10])

const sbr = 5
const ps = 29
const xhe = 42
/** Main, LC, SSR and LTP: their GASpecificConfig has no error resilience and may be followed by a sync extension. */
const general = new Set([1, 2, 3, 4])
/** The other AAC object types: SBR and PS, scalable, error resilient, low delay, enhanced low delay, xHE. */
const special = new Set([sbr, 6, 17, 19, 20, 23, ps, 39, xhe])
const sbrSync = 0x2b7
const psSync = 0x548

/** Reads it, with explicit signalling of SBR and PS, hierarchical (in front) or backward compatible (behind). */
export function readAudioSpecificConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(bytes, 'AudioSpecificConfig')
  const objectType = readObjectType(bits)
  if (!general.has(objectType) && !special.has(objectType))
    throw new HeadendError(
      'AAC_OBJECT_TYPE',
      `AudioSpecificConfig: expected an object type of AAC, got ${objectType}; convert the audio to AAC LC`,
    )
  const coreRate = readRate(bits)
  const configuration = bits.bits(4)
  const stated = speakersOf(reserved.has(configuration) ? 0 : configuration)
  if (objectType === xhe) return { objectType, ...readUsacConfig(bits) }
  if (objectType === sbr || objectType === ps) {
    const sampleRate = readRate(bits)
    // Some muxers end here; the core's own configuration adds only a channel layout.
    const core = bits.left >= 8 ? readObjectType(bits) : 0
    const heard = general.has(core) ? readGeneral(bits, stated) : stated
    return { objectType, sampleRate, ...(objectType === ps ? stereo(heard) : heard) }
  }
  if (!general.has(objectType) || bits.left < 3) return { objectType, sampleRate: coreRate, ...stated }
  const heard = readGeneral(bits, stated)
  return { objectType, sampleRate: coreRate, ...heard, ...readExtension(bits, heard) }
}

/** Reads GASpecificConfig (4.4.1) as far as its channels. */
function readGeneral(bits: BitReader, stated: Speakers): Speakers {
  // frameLengthFlag, dependsOnCoreCoder and its delay, extensionFlag.
  bits.bits(1)
  if (bits.flag() && bits.left >= 14) bits.bits(14)
  if (bits.left > 0) bits.bits(1)
  return stated.channels > 0 || bits.left < 8 ? stated : programSpeakers(bits)
}

/** The sync extension, which decoders of plain AAC skip (1.6.6.1): the stream has SBR, and possibly PS. */
function readExtension(bits: BitReader, heard: Speakers): Partial<AacConfig> {
  if (bits.left < 16 || bits.bits(11) !== sbrSync || readObjectType(bits) !== sbr) return {}
  if (bits.left < 5 || !bits.flag()) return {}
  const sampleRate = readRate(bits)
  if (bits.left >= 12 && bits.bits(11) === psSync && bits.flag())
    return { objectType: ps, sampleRate, ...stereo(heard) }
  return { objectType: sbr, sampleRate }
}

/** Parametric stereo makes two channels of one. */
const stereo = (heard: Speakers): Speakers => (heard.channels === 1 ? { channels: 2 } : heard)

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
