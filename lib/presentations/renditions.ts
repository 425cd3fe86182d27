/** Renditions of a stored presentation: those of its reference, with bit rates and codecs that cover all clips. */
import { renditionsOf } from '../delivery/index.ts'
import type { Cut } from '../timeline/edit.ts'
import type { Rendition } from '../timeline/presentation.ts'
import type { Bandwidth, Timeline, Track } from '../timeline/timeline.ts'
import { announcedCodec } from './announced-codec.ts'

/**
 * The reference's renditions, without video and audio that some clip no longer has. Bit rates and codecs hold for every
 * clip.
 */
export function renditionsShown(reference: Timeline, cuts: readonly Cut[]): readonly Rendition[] {
  return renditionsOf(reference).flatMap((rendition) => {
    const shown = cuts.flatMap(({ timeline, from, to = from, tracks = {} }) => {
      const track = timeline.tracks.find(({ id }) => id === tracks[rendition.id])
      return track ? [{ track, seconds: (to - from) / timeline.timescale }] : []
    })
    const mayBeAbsent =
      rendition.type === 'text' || rendition.type === 'image' || rendition.trickOf !== undefined
    if (shown.length < cuts.length && !mayBeAbsent) return []
    const { config } = rendition
    const codecs = shown.flatMap(({ track }) => track.configs.map(({ codec }) => codec))
    return [
      {
        ...rendition,
        config: { ...config, codec: announcedCodec([config.codec, ...codecs]) ?? config.codec },
        bandwidth: bandwidthOf(shown) ?? rendition.bandwidth,
      },
    ]
  })
}

function bandwidthOf(
  shown: readonly { readonly track: Track; readonly seconds: number }[],
): Bandwidth | undefined {
  if (shown.length === 0) return undefined
  const bandwidths = shown.map(({ track }) => track.bandwidth)
  const seconds = shown.reduce((sum, one) => sum + one.seconds, 0)
  const peak = Math.max(...bandwidths.map((one) => one.peak))
  const steady = Math.max(...bandwidths.map((one) => one.steady ?? one.peak))
  const bits = shown.reduce((sum, one) => sum + one.track.bandwidth.average * one.seconds, 0)
  return {
    peak,
    average: seconds > 0 ? Math.ceil(bits / seconds) : peak,
    ...(steady > peak && { steady }),
  }
}
