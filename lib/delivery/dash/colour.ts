/**
 * Colour descriptors in DASH (DASH-IF IOP 4.3 6.2.5 and 10.4, ETSI TS 103 285 5.2.5), with the code points of ISO/IEC
 * 23091-2.
 */
import type { Descriptor } from '../../formats/dash/index.ts'
import type { TrackConfig } from '../../timeline/timeline.ts'

const scheme = 'urn:mpeg:mpegB:cicp:'
const unspecified = 2
const hlg = 18

/** Properties a player must understand to show the video as intended, and properties it may ignore. */
export interface ColourProperties {
  readonly essential: readonly Descriptor[]
  readonly supplemental: readonly Descriptor[]
}

/**
 * PQ and HLG are essential: a player that takes them for something else shows pale colours. HLG whose bitstream signals
 * backwards-compatible transfer characteristics looks right either way. Anything else is signalled if it is not BT.709.
 */
export function colourProperties({ colour, videoRange = 'SDR' }: TrackConfig): ColourProperties {
  if (!colour) return { essential: [], supplemental: [] }
  const { primaries, transfer, matrix, fullRange } = colour
  const points = [
    property('ColourPrimaries', primaries),
    property('TransferCharacteristics', transfer),
    property('MatrixCoefficients', matrix),
  ].filter(({ value }) => value !== String(unspecified))
  const range = fullRange ? [property('VideoFullRangeFlag', 1)] : []
  if (videoRange === 'SDR') {
    const isPlain = [primaries, transfer, matrix].every((point) => point === 1 || point === unspecified)
    return { essential: [], supplemental: [...(isPlain ? [] : points), ...range] }
  }
  const preferred = videoRange === 'HLG' && transfer !== hlg ? [property('TransferCharacteristics', hlg)] : []
  return { essential: points, supplemental: [...preferred, ...range] }
}

/** Key of the colour properties that all video in one AdaptationSet must share. */
export const colourKey = ({ colour, videoRange = 'SDR' }: TrackConfig): string =>
  videoRange === 'SDR' || !colour
    ? videoRange
    : [videoRange, colour.primaries, colour.transfer, colour.matrix].join('.')

const property = (name: string, point: number): Descriptor => ({
  schemeIdUri: `${scheme}${name}`,
  value: String(point),
})
