/** The name of a VP9 configuration in a `codecs` parameter (VP Codec ISO Media File Format Binding). */

/** What the name is made of. */
export interface Vp9Facts {
  /** 0 to 3. */
  readonly profile: number
  /** Ten times the number of the level. */
  readonly level: number
  readonly bitDepth: number
  /** 0 and 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chroma: number
  readonly colour: {
    readonly primaries: number
    readonly transfer: number
    readonly matrix: number
    readonly fullRange: boolean
  }
}

/** What the short form means: 4:2:0 with chroma on luma, BT.709, legal range. */
const usual = '.01.01.01.01.00'

/** Without its optional part where that would say the default. */
export function vp9CodecString({ profile, level, bitDepth, chroma, colour }: Vp9Facts): string {
  const needed = `vp09.${two(profile)}.${two(level)}.${two(bitDepth)}`
  const { primaries, transfer, matrix, fullRange } = colour
  const optional = [chroma, primaries, transfer, matrix, fullRange ? 1 : 0]
    .map((part) => `.${two(part)}`)
    .join('')
  return optional === usual ? needed : needed + optional
}

const two = (value: number): string => String(value).padStart(2, '0')
