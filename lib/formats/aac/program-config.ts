/** program_config_element (ISO/IEC 14496-3 4.4.1.1): a layout of channels that no index stands for. */
import type { BitReader } from '../bits.ts'

/** Reads it within an AudioSpecificConfig, to its end, and counts the channels. */
export function programChannels(bits: BitReader): number {
  // element_instance_tag, object_type, sampling_frequency_index.
  bits.bits(4 + 2 + 4)
  const [front = 0, side = 0, back = 0, lowFrequency = 0] = [4, 4, 4, 2].map((size) => bits.bits(size))
  const associated = bits.bits(3)
  const coupling = bits.bits(4)
  for (const mixdownBits of [4, 4, 3]) if (bits.flag()) bits.bits(mixdownBits)
  let channels = lowFrequency
  for (let i = 0; i < front + side + back; i++) {
    channels += bits.flag() ? 2 : 1
    bits.bits(4)
  }
  for (let i = 0; i < lowFrequency + associated; i++) bits.bits(4)
  for (let i = 0; i < coupling; i++) bits.bits(5)
  // Aligned to the start of the whole configuration, which is bytes.
  bits.bits(bits.left % 8)
  const commentBytes = bits.bits(8)
  for (let i = 0; i < commentBytes; i++) bits.bits(8)
  return channels
}
