/** The `codecs` parameter of an AV1 configuration (AV1 Codec ISO Media File Format Binding, 5). */

/** The inputs of the codec string. */
export interface Av1Facts {
  readonly profile: number
  /** seq_level_idx. */
  readonly level: number
  readonly highTier: boolean
  readonly bitDepth: number
  readonly monochrome: boolean
  readonly subsamplingX: number
  readonly subsamplingY: number
  /** chroma_sample_position, which matters for 4:2:0 only. */
  readonly chromaPosition: number
  readonly colour: {
    readonly primaries: number
    readonly transfer: number
    readonly matrix: number
    readonly fullRange: boolean
  }
}

/** The meaning of the short form: 4:2:0, BT.709, studio range. */
const usual = '.0.110.01.01.01.0'

/** Omits the optional part if it has the default values. */
export function av1CodecString(av1: Av1Facts): string {
  const { subsamplingX: x, subsamplingY: y, colour } = av1
  const needed = `av01.${av1.profile}.${two(av1.level)}${av1.highTier ? 'H' : 'M'}.${two(av1.bitDepth)}`
  const optional =
    `.${av1.monochrome ? 1 : 0}.${x}${y}${x && y ? av1.chromaPosition : 0}` +
    `.${two(colour.primaries)}.${two(colour.transfer)}.${two(colour.matrix)}.${colour.fullRange ? 1 : 0}`
  return optional === usual ? needed : needed + optional
}

const two = (value: number): string => String(value).padStart(2, '0')
