/**
 * Video-only variants for players that support none of the audio codecs: HLS players drop a variant they cannot play
 * completely. (Shaka Player instead drops silent variants if others have audio, and then plays nothing in DASH either;
 * dash.js drops the audio by itself.)
 */
import type { Variant } from '../../formats/hls/index.ts'
import { playsEverywhere } from '../codec-family.ts'
import type { AudioGroup } from './audio-groups.ts'

/**
 * If no audio plays everywhere, appends each video rendition once more without audio. These variants have the same
 * bandwidths and the lowest SCORE, so that no player that supports the audio prefers them (RFC 8216bis 4.4.6.2).
 */
export function withVideoOnlyVariants(
  variants: readonly Variant[],
  groups: readonly AudioGroup[],
): readonly Variant[] {
  const sounds = new Set(groups.flatMap(({ members }) => members.map(({ config }) => config.codec)))
  if (sounds.size === 0 || [...sounds].some(playsEverywhere)) return variants
  const pictures = [...new Set(variants.map(({ uri }) => uri))]
  // Best first, in the given order; if one variant has a SCORE, all must, and players go by it alone.
  const rank = ({ uri }: Variant): number => pictures.length - pictures.indexOf(uri)
  const silent = pictures.map((uri): Variant => {
    const { audio: _, ...dearest } = variants
      .filter((variant) => variant.uri === uri)
      .reduce((a, b) => (b.bandwidth > a.bandwidth ? b : a))
    return {
      ...dearest,
      codecs: dearest.codecs.filter((codec) => !sounds.has(codec)),
      score: rank(dearest) / (pictures.length + 1),
    }
  })
  return [...variants.map((variant) => ({ ...variant, score: 1 + rank(variant) })), ...silent]
}
