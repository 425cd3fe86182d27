/** program_config_element (ISO/IEC 14496-3 4.4.1.1): a channel layout that has no index. */
import type { BitReader } from '../bits.ts'
import { type Speakers, speakers } from '../channel-layout.ts'

/** ChannelConfiguration by the number of front, side, back and low-frequency channels. */
const layouts: Readonly<Record<string, number>> = {
  '1/0/0.0': 1,
  '2/0/0.0': 2,
  '3/0/0.0': 3,
  '3/0/1.0': 4,
  '3/0/2.0': 5,
  '3/2/0.0': 5,
  '3/0/2.1': 6,
  '3/2/0.1': 6,
  '5/0/2.1': 7,
  '5/2/0.1': 7,
  '2/0/1.0': 9,
  '2/0/2.0': 10,
  '2/2/0.0': 10,
  '3/0/3.1': 11,
  '3/2/1.1': 11,
  '3/2/2.1': 12,
}

/** Reads it within an AudioSpecificConfig, to its end. */
export function programSpeakers(bits: BitReader): Speakers {
  // element_instance_tag, object_type, sampling_frequency_index.
  bits.bits(4 + 2 + 4)
  const elements = [4, 4, 4].map((size) => bits.bits(size))
  const lowFrequency = bits.bits(2)
  const associated = bits.bits(3)
  const coupling = bits.bits(4)
  for (const mixdownBits of [4, 4, 3]) if (bits.flag()) bits.bits(mixdownBits)
  const places = elements.map((count) => {
    let channels = 0
    for (let i = 0; i < count; i++) {
      channels += bits.flag() ? 2 : 1
      bits.bits(4)
    }
    return channels
  })
  for (let i = 0; i < lowFrequency + associated; i++) bits.bits(4)
  for (let i = 0; i < coupling; i++) bits.bits(5)
  // Aligned to the start of the whole configuration, which is bytes.
  bits.bits(bits.left % 8)
  const commentBytes = bits.bits(8)
  for (let i = 0; i < commentBytes; i++) bits.bits(8)
  const channels = places.reduce((sum, count) => sum + count, lowFrequency)
  return speakers(channels, layouts[`${places.join('/')}.${lowFrequency}`] ?? 0)
}
