/** UsacConfig (ISO/IEC 23003-3 5.2): an xHE-AAC decoder's configuration, as far as manifests need it. */
import { HeadendError } from '../../errors.ts'
import type { BitReader } from '../bits.ts'
import { type Speakers, speakers, speakersOf } from '../channel-layout.ts'

/** By usacSamplingFrequencyIndex; 0 is reserved. */
const rates = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350, 0, 0, 57600, 51200,
  40000, 38400, 34150, 28800, 25600, 20000, 19200, 17075, 14400, 12800, 9600,
]
const escapedRate = 31
/** The last defined channelConfigurationIndex; the values are those of ISO/IEC 23091-3. */
const lastConfiguration = 13

/** Reads the output sample rate and channels. */
export function readUsacConfig(bits: BitReader): Speakers & { readonly sampleRate: number } {
  const index = bits.bits(5)
  const sampleRate = index === escapedRate ? bits.bits(24) : rates[index]
  if (!sampleRate)
    throw new HeadendError('AAC_RATE', `UsacConfig: expected a sample rate index, got ${index}`)
  // coreSbrFrameLengthIndex.
  bits.bits(3)
  const configuration = bits.bits(5)
  const heard =
    configuration === 0
      ? speakers(escaped(bits), 0)
      : speakersOf(configuration > lastConfiguration ? 0 : configuration)
  if (heard.channels === 0)
    throw new HeadendError(
      'AAC_CHANNELS',
      `UsacConfig: expected a channel configuration, got ${configuration}`,
    )
  return { sampleRate, ...heard }
}

/** escapedValue(5, 8, 16): each field with all bits set adds the next. */
function escaped(bits: BitReader): number {
  let value = 0
  for (const size of [5, 8, 16]) {
    const part = bits.bits(size)
    value += part
    if (part < 2 ** size - 1) break
  }
  return value
}
