/**
 * Pictures without sound, for players that can't decode any sound there is: HLS players drop a variant they can't
 * play whole. (Shaka Player drops silent variants instead where others have sound, and in DASH as well it plays
 * nothing then; dash.js leaves the sound out by itself.)
 */
import type { Variant } from '../../formats/hls/index.ts'
import { playsEverywhere } from '../codec-family.ts'
import type { AudioGroup } from './audio-groups.ts'

/**
 * The variants, and each of their pictures once more without sound behind them all, where no group of sound plays
 * everywhere. Those say the same bandwidths and the lowest SCORE, so that no player that can play the sound finds a
 * reason to take them (RFC 8216bis 4.4.6.2).
 */
export function withVideoOnlyVariants(
  variants: readonly Variant[],
  groups: readonly AudioGroup[],
): readonly Variant[] {
  const sounds = new Set(groups.flatMap(({ members }) => members.map(({ config }) => config.codec)))
  if (sounds.size === 0 || [...sounds].some(playsEverywhere)) return variants
  const pictures = [...new Set(variants.map(({ uri }) => uri))]
  // Best first as they come; where one variant has a SCORE, all must, and players go by it alone.
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
