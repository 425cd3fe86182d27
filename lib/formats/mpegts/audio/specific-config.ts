/** AudioSpecificConfig for frames that say of themselves how they are coded (ISO/IEC 14496-3 1.6.2.1, 4.4.1). */
import { HeadendError } from '../../../errors.ts'
import { BitReader } from '../../bits.ts'

/** What an ADTS header says. */
export interface AdtsFacts {
  /** Audio object type minus 1. */
  readonly profile: number
  readonly rateIndex: number
  /** channel_configuration; 0 if a program_config_element in the frame says it. */
  readonly channels: number
}

/** A bit string. */
type Bits = (readonly [value: number, count: number])[]

/** For this header and the raw data block behind it. */
export function specificConfig({ profile, rateIndex, channels }: AdtsFacts, raw: Uint8Array): Uint8Array {
  const bits: Bits = [
    [profile + 1, 5],
    [rateIndex, 4],
    [channels, 4],
    // frameLengthFlag, dependsOnCoreCoder, extensionFlag.
    [0, 3],
  ]
  if (channels === 0) copyProgramConfig(new BitReader(raw, 'raw data block'), bits)
  return packed(bits)
}

const programConfigElement = 5

/** True if a raw data block begins with its program_config_element. */
export const beginsWithProgramConfig = (raw: Uint8Array): boolean =>
  (raw[0] ?? 0) >> 5 === programConfigElement

/** program_config_element (4.4.1.1) without its id; where its comment begins is another place here. */
function copyProgramConfig(from: BitReader, to: Bits): void {
  const id = from.bits(3)
  if (id !== programConfigElement)
    throw new HeadendError(
      'TS_CODEC_UNSUPPORTED',
      `ADTS: expected channels in the header or a program_config_element, got element ${id}`,
    )
  const copy = (count: number): number => {
    const value = from.bits(count)
    to.push([value, count])
    return value
  }
  copy(4 + 2 + 4)
  const counts = [4, 4, 4, 2, 3, 4].map(copy)
  for (const length of [4, 4, 3]) if (copy(1) === 1) copy(length)
  for (const [i, length] of [5, 5, 5, 4, 4, 5].entries())
    for (let left = counts[i] ?? 0; left > 0; left--) copy(length)
  const used = to.reduce((sum, [, count]) => sum + count, 0)
  to.push([0, (8 - (used % 8)) % 8])
  // No comment.
  to.push([0, 8])
}

function packed(bits: Bits): Uint8Array {
  const text = bits
    .map(([value, count]) => (count > 0 ? value.toString(2).padStart(count, '0') : ''))
    .join('')
  return Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
    Number.parseInt(text.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2),
  )
}
