/** AAC in LOAS/LATM (ISO/IEC 14496-3 1.7.2, 1.7.3): one programme of one layer, as broadcasters send it. */
import { HeadendError } from '../../../errors.ts'
import { readAudioSpecificConfig } from '../../aac/audio-specific-config.ts'
import { BitReader } from '../../bits.ts'
import { configCache, mp4aConfig } from './audio-entry.ts'
import type { AudioRules, FrameHeader } from './audio-units.ts'
import { readStreamMux, type StreamMux } from './stream-mux.ts'

const headerBytes = 3
const frameSamples = 1024
const mpeg4Audio = 0x40

/** The rules of one stream. */
export function latmRules(): AudioRules<FrameHeader> {
  const configs = configCache()
  let mux: StreamMux | undefined
  return {
    headerBytes,
    headerAt,
    unitOf(_, frame) {
      const bits = new BitReader(frame.subarray(headerBytes), 'AudioMuxElement')
      // useSameStreamMux: it is told with some frames, and holds for those before it where nothing else does.
      if (!bits.flag()) mux = readStreamMux(bits)
      if (!mux) return undefined
      const { specific } = mux
      const bytes = payload(bits)
      const config = configs(specific.join(' '), () => {
        const { sampleRate, channels, objectType } = readAudioSpecificConfig(specific)
        // The clock of the track is the core's, of which SBR makes twice the rate.
        const coreRate = objectType === 5 || objectType === 29 ? coreRateOf(specific) : sampleRate
        return mp4aConfig(mpeg4Audio, specific, { sampleRate: coreRate, channels, frameSamples })
      })
      return { config, bytes }
    },
  }
}

const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]

/** samplingFrequency of the core, which stands in front of the extension's. */
function coreRateOf(specific: Uint8Array): number {
  const bits = new BitReader(specific, 'AudioSpecificConfig')
  bits.bits(5)
  const index = bits.bits(4)
  return index === 15 ? bits.bits(24) : (rates[index] ?? 0)
}

/** Whether a packet begins with a frame of LATM, whatever its stream_type says. */
export const isLatm = (bytes: Uint8Array): boolean => headerAt(bytes, 0) !== undefined

/** AudioSyncStream: 11 bits of sync word and 13 of length. */
function headerAt(bytes: Uint8Array, at: number): FrameHeader | undefined {
  const second = bytes[at + 1] ?? 0
  if (bytes[at] !== 0x56 || (second & 0xe0) !== 0xe0) return undefined
  const length = ((second & 0x1f) << 8) | (bytes[at + 2] ?? 0)
  return length === 0 ? undefined : { length: headerBytes + length }
}

/** PayloadLengthInfo and PayloadMux with one layer; the bytes need not be aligned. */
function payload(bits: BitReader): Uint8Array {
  let length = 0
  for (let part = 255; part === 255; ) {
    part = bits.bits(8)
    length += part
  }
  if (length * 8 > bits.left)
    throw new HeadendError(
      'BITS_END',
      `AudioMuxElement: expected ${length} bytes of payload, got ${bits.left >> 3}`,
    )
  return Uint8Array.from({ length }, () => bits.bits(8))
}
