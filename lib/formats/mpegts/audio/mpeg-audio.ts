/** MPEG audio of layers I to III (ISO/IEC 11172-3 2.4.1.3, 13818-3). */
import { configCache, mp4aConfig } from './audio-entry.ts'
import type { AudioRules, FrameHeader } from './audio-units.ts'

interface MpegAudioHeader extends FrameHeader {
  readonly sampleRate: number
  readonly channels: number
  readonly frameSamples: number
  /** Of the first edition, with rates from 32 kHz. */
  readonly isMpeg1: boolean
}

/** kbit/s by bitrate_index, from 1: layer I, II, III of MPEG-1, then layer I and the others of MPEG-2. */
const bitRates = {
  first: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  second: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  third: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  lowFirst: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  low: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const rates = [44100, 48000, 32000]
/** The version's two bits: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5. */
const divisors: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [2, 2],
  [0, 4],
])
const mono = 3

/** The rules of one stream. */
export function mpegAudioRules(): AudioRules<MpegAudioHeader> {
  const configs = configCache()
  return {
    headerBytes: 4,
    headerAt,
    unitOf([header], bytes) {
      if (!header) return undefined
      const { sampleRate, channels, frameSamples, isMpeg1 } = header
      const config = configs(`${sampleRate} ${channels} ${frameSamples}`, () =>
        mp4aConfig(isMpeg1 ? 0x6b : 0x69, new Uint8Array(0), header),
      )
      return { config, bytes }
    },
  }
}

function headerAt(bytes: Uint8Array, at: number): MpegAudioHeader | undefined {
  const second = bytes[at + 1] ?? 0
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0) return undefined
  const third = bytes[at + 2] ?? 0
  const version = (second >> 3) & 3
  const layer = 4 - ((second >> 1) & 3)
  const divisor = divisors.get(version)
  const sampleRate = (rates[(third >> 2) & 3] ?? 0) / (divisor ?? 1)
  // Free format (index 0) says no length.
  const kilobits = ratesOf(layer, version === 3)[(third >> 4) - 1]
  if (divisor === undefined || layer === 4 || sampleRate === 0 || kilobits === undefined) return undefined
  const isMpeg1 = version === 3
  const frameSamples = layer === 1 ? 384 : layer === 3 && !isMpeg1 ? 576 : 1152
  const slotBytes = layer === 1 ? 4 : 1
  const slots = Math.floor((frameSamples * kilobits * 125) / sampleRate / slotBytes) + ((third >> 1) & 1)
  return {
    length: slots * slotBytes,
    sampleRate,
    channels: (bytes[at + 3] ?? 0) >> 6 === mono ? 1 : 2,
    frameSamples,
    isMpeg1,
  }
}

function ratesOf(layer: number, isMpeg1: boolean): readonly number[] {
  if (!isMpeg1) return layer === 1 ? bitRates.lowFirst : bitRates.low
  return layer === 1 ? bitRates.first : layer === 2 ? bitRates.second : bitRates.third
}
