/** The `codecs` parameter of an H.265 configuration (ISO/IEC 14496-15 E.3). */

/** General profile, tier and level (ISO/IEC 23008-2 7.3.3). */
export interface HevcProfile {
  /** 0, or 1 to 3 for A to C. */
  readonly space: number
  readonly profile: number
  /** The 32 flags in bitstream order, profile 0 first. */
  readonly compatibility: number
  readonly highTier: boolean
  /** 30 times the number of the level. */
  readonly level: number
  /** The six bytes that begin with general_progressive_source_flag. */
  readonly constraints: Uint8Array
}

/** `entry` is the four-cc of the sample entry. Flags are bit-reversed, trailing zero bytes omitted. */
export function hevcCodecString(entry: string, hevc: HevcProfile): string {
  const last = hevc.constraints.findLastIndex((byte) => byte !== 0)
  return [
    entry,
    `${['', 'A', 'B', 'C'][hevc.space] ?? ''}${hevc.profile}`,
    hexOf(reversed(hevc.compatibility)),
    `${hevc.highTier ? 'H' : 'L'}${hevc.level}`,
    ...Array.from(hevc.constraints.subarray(0, last + 1), hexOf),
  ].join('.')
}

const hexOf = (value: number): string => value.toString(16).toUpperCase()

function reversed(word: number): number {
  let out = 0
  for (let i = 0; i < 32; i++) out = out * 2 + ((word >>> i) & 1)
  return out
}
