/** A timeline as protected content is shown: with its key periods, and with what protection adds to its bytes. */

import { keyLabelOf, pixelsOf } from '../timeline/key-label.ts'
import type { Protection } from '../timeline/presentation.ts'
import type { Timeline, Track } from '../timeline/timeline.ts'
import { codecFamily } from './codec-family.ts'
import { keyPeriodsOf, type Signalling } from './key-facts.ts'

/** The timeline with what can be protected, and how its clips are. */
export function protectedFilm(
  timeline: Timeline,
  signalling: Signalling,
): { readonly timeline: Timeline; readonly protection: Protection } {
  const { scheme, stored } = signalling
  const tracks = timeline.tracks.filter(isProtectable)
  const labels = tracks.flatMap((track) => {
    const label = keyLabelOf(stored.sharing, { type: track.type, pixels: pixelsOf(track) })
    return label === undefined ? [] : [[track.id, label] as const]
  })
  return {
    timeline: {
      ...timeline,
      tracks: tracks.map((track) => ({ ...track, bandwidth: withHeads(track, scheme) })),
      overlays: {
        ...timeline.overlays,
        keyPeriods: { revision: 1, entries: keyPeriodsOf(timeline.id, signalling, timeline.timescale) },
      },
    },
    protection: {
      scheme,
      labels: Object.fromEntries(labels),
      ...(stored.hdcp && { hdcp: stored.hdcp }),
    },
  }
}

/** Nobody wrote down for VP9 what of a sample stays clear, and decoders differ. */
const isProtectable = ({ type, configs }: Track): boolean =>
  type !== 'video' || configs.every(({ codec }) => codecFamily(codec) !== 'vp09')

/** Pictures seldom have more slices or tiles than this. */
const usualPieces = 8

/** Rates with what stands in front of the samples of protected segments (`senc`, `saiz`). */
function withHeads({ type, bandwidth, configs }: Track, scheme: 'cenc' | 'cbcs'): Track['bandwidth'] {
  const [{ frameRate = [60, 1], sampleRate = 48_000 } = {}] = configs
  const iv = scheme === 'cenc' ? 16 : 0
  const bytesASecond =
    type === 'video'
      ? (frameRate[0] / frameRate[1]) * (iv + 3 + 6 * usualPieces)
      : type === 'audio' && iv > 0
        ? // Of the usual codecs none has shorter frames than Opus.
          Math.ceil(sampleRate / 960) * (iv + 1)
        : 0
  const more = Math.ceil(bytesASecond * 8)
  return {
    peak: bandwidth.peak + more,
    average: bandwidth.average + more,
    ...(bandwidth.steady !== undefined && { steady: bandwidth.steady + more }),
  }
}
