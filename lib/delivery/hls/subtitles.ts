/** Subtitles in HLS: WebVTT files, or IMSC1 in MP4. */
import type { Variant } from '../../formats/hls/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { Track } from '../../timeline/timeline.ts'

/** The only group: all variants offer the same subtitles. */
export const subtitleGroup = 'text'

/** Adds subtitles to a variant, with the bit rates of the highest choice (RFC 8216bis 4.4.6.2). */
export function withSubtitles(variant: Variant, texts: readonly Rendition[]): Variant {
  if (texts.length === 0) return variant
  const peak = Math.max(...texts.map(({ bandwidth }) => bandwidth.peak))
  const average = Math.max(...texts.map(({ bandwidth }) => bandwidth.average))
  return {
    ...variant,
    bandwidth: variant.bandwidth + peak,
    ...(variant.averageBandwidth !== undefined && { averageBandwidth: variant.averageBandwidth + average }),
    codecs: [...variant.codecs, ...codecsNamed(texts)],
    subtitles: subtitleGroup,
  }
}

/**
 * Apple's authoring specification 5.10: IMSC1 should be listed in CODECS, WebVTT may be. Every player supports WebVTT,
 * and a third-generation Apple TV refuses a variant that lists it. If the group has both, players (hls.js, Shaka) would
 * apply a listed codec to all of it; unlisted, they detect it themselves.
 */
function codecsNamed(texts: readonly Rendition[]): string[] {
  const codecs = [...new Set(texts.map(({ config }) => config.codec))]
  return codecs.includes('wvtt') ? [] : codecs
}

/** Whether a track's segments are WebVTT files; applies to our own segments only. */
export const isBareWebVtt = ({ configs }: Track, { configId }: { readonly configId: string }): boolean =>
  configs.find(({ id }) => id === configId)?.codec === 'wvtt'
