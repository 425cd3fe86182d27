/** Codec announced for a rendition whose clips use several of one family. */

/**
 * The most demanding codec: a decoder for it decodes the others. Players pass all video codecs of a playlist to EME as
 * one type, which takes one codec of it, so the others are not listed.
 */
export const announcedCodec = (codecs: readonly string[]): string | undefined =>
  codecs.toSorted((a, b) => levelOf(b) - levelOf(a) || profileOf(b) - profileOf(a))[0]

/** Level in the codec's own numbers; 0 if it has none. */
function levelOf(codec: string): number {
  const [family = '', first = '', second = '', third = ''] = codec.split('.')
  if (family.startsWith('avc')) return Number.parseInt(first.slice(4), 16)
  if (family.startsWith('hvc') || family.startsWith('hev')) return Number(third.replace(/^[LH]/, ''))
  return Number.parseInt(second, 10) || 0
}

/** Profile in the codec's own numbers, for codecs where a higher one can do more. */
function profileOf(codec: string): number {
  const [family = '', first = ''] = codec.split('.')
  return family.startsWith('avc') ? Number.parseInt(first.slice(0, 2), 16) : Number.parseInt(first, 10) || 0
}
