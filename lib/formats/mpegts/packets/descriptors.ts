/** Descriptors of programmes and streams (ISO/IEC 13818-1 2.6, ETSI EN 300 468 6). */

/** One of them. */
export interface Descriptor {
  readonly tag: number
  readonly body: Uint8Array
}

/** Their tags, as far as they are read. */
export const tags = {
  registration: 5,
  language: 0x0a,
  metadata: 0x26,
  teletext: 0x56,
  subtitling: 0x59,
  ac3: 0x6a,
  enhancedAc3: 0x7a,
  dts: 0x7b,
  aac: 0x7c,
  extension: 0x7f,
} as const

/** Those in a loop; one that is cut off ends it. */
export function descriptorsIn(bytes: Uint8Array): Descriptor[] {
  const found: Descriptor[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0)
    if (end > bytes.length) break
    found.push({ tag: bytes[at] ?? 0, body: bytes.subarray(at + 2, end) })
    at = end
  }
  return found
}

/** Format identifiers of registration descriptors (2.6.8): four letters each. */
export const formatIdentifiers = (descriptors: readonly Descriptor[]): readonly string[] =>
  descriptors
    .filter(({ tag }) => tag === tags.registration)
    .map(({ body }) => String.fromCharCode(...body.subarray(0, 4)))

/** ISO 639-2 codes for bibliographies that differ from those for terminology, in pairs. */
const bibliographic =
  'albsqiarmhyebaqeusburmyachizhoczecesdutnldfrefrageokatgerdeugreelliceislmacmkdmaomrimaymsaperfasrumronsloslktibbodwelcym'

/** ISO 639-2/T of three letters in any case, DVB's special ones (`qaa`) as they are; undefined for anything else. */
export function languageOf(code: Uint8Array): string | undefined {
  const letters = String.fromCharCode(...code.subarray(0, 3)).toLowerCase()
  if (!/^[a-z]{3}$/.test(letters) || letters === 'und') return undefined
  for (let at = 0; at < bibliographic.length; at += 6)
    if (bibliographic.startsWith(letters, at)) return bibliographic.slice(at + 3, at + 6)
  return letters
}
