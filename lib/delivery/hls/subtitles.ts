/** Subtitles in HLS: bare WebVTT, or IMSC1 in MP4. */
import type { Variant } from '../../formats/hls/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { Track } from '../../timeline/timeline.ts'

/** The one group: all variants offer the same subtitles. */
export const subtitleGroup = 'text'

/** A variant that offers them; its bit rates are those of the dearest choice (RFC 8216bis 4.4.6.2). */
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
 * Apple's authoring specification 5.10: IMSC1 should be named, WebVTT may be. Every player has WebVTT, and an Apple
 * TV of the third generation refuses a variant that names it. Where the group has both, players (hls.js, Shaka)
 * would take the name for all of it: then they find out by themselves.
 */
function codecsNamed(texts: readonly Rendition[]): string[] {
  const codecs = [...new Set(texts.map(({ config }) => config.codec))]
  return codecs.includes('wvtt') ? [] : codecs
}

/** Whether a track's segments are named as WebVTT: those of our own that have it. */
export const isBareWebVtt = ({ configs }: Track, { configId }: { readonly configId: string }): boolean =>
  configs.find(({ id }) => id === configId)?.codec === 'wvtt'
