/** Codec facts for manifests. */
import type { AudioCodec, VideoCodec } from '../../formats/isobmff/index.ts'
import type { TrackConfig } from '../../timeline/timeline.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** Facts of video; width and height are those after rotation. */
export function videoFacts(
  { width, height, pixelAspect, range, colour, supplemental, interlaced }: VideoCodec,
  { matrix, preferredTransfer }: Pick<SourceTrack, 'matrix' | 'preferredTransfer'>,
): Omit<TrackConfig, 'id' | 'codec'> {
  const turned = isTurned(matrix)
  const [h = 1, v = 1] = pixelAspect ?? []
  return {
    width: turned ? height : width,
    height: turned ? width : height,
    ...(pixelAspect && { pixelAspect: turned ? [v, h] : [h, v] }),
    // The bitstream may state another transfer for legacy players.
    videoRange: range === 'SDR' && preferredTransfer === 18 ? 'HLG' : range,
    ...(colour && { colour }),
    ...(supplemental && { supplementalCodec: `${supplemental.name}/${supplemental.brand}` }),
    ...(interlaced && { interlaced }),
  }
}

/** Whether the matrix rotates by 90°, either way (ISO/IEC 14496-12 8.3.2). */
function isTurned([a, b, , c, d]: readonly number[]): boolean {
  return a === 0 && d === 0 && b !== 0 && c !== 0
}

/** Facts of audio. */
export const audioFacts = ({
  sampleRate,
  channels,
  jointObjects,
  channelLayout,
  dolbyChannels,
}: AudioCodec): Omit<TrackConfig, 'id' | 'codec'> => ({
  sampleRate,
  channels,
  ...(channelLayout !== undefined && { channelLayout }),
  ...(dolbyChannels !== undefined && { dolbyChannels }),
  ...(jointObjects !== undefined && { jointObjects }),
})
