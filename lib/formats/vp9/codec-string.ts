/** The `codecs` parameter of a VP9 configuration (VP Codec ISO Media File Format Binding). */

/** The inputs of the codec string. */
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

/** The meaning of the short form: 4:2:0 with chroma colocated with luma, BT.709, legal range. */
const usual = '.01.01.01.01.00'

/** Omits the optional part if it has the default values. */
export function vp9CodecString({ profile, level, bitDepth, chroma, colour }: Vp9Facts): string {
  const needed = `vp09.${two(profile)}.${two(level)}.${two(bitDepth)}`
  const { primaries, transfer, matrix, fullRange } = colour
  const optional = [chroma, primaries, transfer, matrix, fullRange ? 1 : 0]
    .map((part) => `.${two(part)}`)
    .join('')
  return optional === usual ? needed : needed + optional
}

const two = (value: number): string => String(value).padStart(2, '0')
