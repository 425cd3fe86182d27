/** AAC in ADTS (ISO/IEC 13818-7 6.2, 14496-3 1.A.3.2). */
import { HeadendError } from '../../../errors.ts'
import { readAudioSpecificConfig } from '../../aac/audio-specific-config.ts'
import { configCache, mp4aConfig } from './audio-entry.ts'
import type { AudioRules, FrameHeader } from './audio-units.ts'
import { beginsWithProgramConfig, specificConfig } from './specific-config.ts'

interface AdtsHeader extends FrameHeader {
  readonly headerBytes: number
  /** profile_ObjectType, sampling_frequency_index, channel_configuration. */
  readonly profile: number
  readonly rateIndex: number
  readonly channels: number
  /** number_of_raw_data_blocks_in_frame. */
  readonly moreBlocks: number
}

const fixedBytes = 7
const crcBytes = 2
const frameSamples = 1024
const mpeg4Audio = 0x40

/** The rules of one stream. */
export function adtsRules(): AudioRules<AdtsHeader> {
  const configs = configCache()
  /** Channels that have no index need not be said in every frame. */
  let told: Uint8Array | undefined
  const specificOf = (header: AdtsHeader, raw: Uint8Array): Uint8Array => {
    if (header.channels > 0) return specificConfig(header, raw)
    if (!told || beginsWithProgramConfig(raw)) told = specificConfig(header, raw)
    return told
  }
  return {
    headerBytes: fixedBytes,
    headerAt,
    unitOf([header], bytes) {
      if (!header) return undefined
      if (header.moreBlocks > 0)
        throw new HeadendError(
          'TS_CODEC_UNSUPPORTED',
          `ADTS: expected one raw data block a frame, got ${header.moreBlocks + 1}`,
        )
      const raw = bytes.subarray(header.headerBytes)
      const { profile, rateIndex, channels: configuration } = header
      const layout = configuration > 0 ? configuration : specificOf(header, raw).join(' ')
      const config = configs(`${profile} ${rateIndex} ${layout}`, () => {
        const specific = specificOf(header, raw)
        const { sampleRate, channels } = readAudioSpecificConfig(specific)
        return mp4aConfig(mpeg4Audio, specific, { sampleRate, channels, frameSamples })
      })
      return { config, bytes: raw }
    },
  }
}

function headerAt(bytes: Uint8Array, at: number): AdtsHeader | undefined {
  // Sync word, any version, layer 0.
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return undefined
  const hasCrc = ((bytes[at + 1] ?? 0) & 1) === 0
  const third = bytes[at + 2] ?? 0
  const fourth = bytes[at + 3] ?? 0
  const headerBytes = fixedBytes + (hasCrc ? crcBytes : 0)
  const length = ((fourth & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5)
  const rateIndex = (third >> 2) & 15
  if (length <= headerBytes || rateIndex > 12) return undefined
  return {
    length,
    headerBytes,
    profile: third >> 6,
    rateIndex,
    channels: ((third & 1) << 2) | (fourth >> 6),
    moreBlocks: (bytes[at + 6] ?? 0) & 3,
  }
}
