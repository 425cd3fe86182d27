/** Determines the profile of a TTML track and cuts its samples. */
import { HeadendError } from '../../errors.ts'
import type { StppEntry } from '../../formats/isobmff/index.ts'
import { attributeOf, localName, readXml } from '../../formats/xml/index.ts'
import { editedSpan } from './cues.ts'
import { type TextMedia, textMedia } from './samples.ts'
import { spansOf } from './spans.ts'
import type { TextTrack } from './track.ts'

/** Profile of TTML for manifests and the init segment. */
export interface TtmlProfile {
  /** RFC 6381, with the profile's name from the registry of the TTWG. */
  readonly codec: string
  /** CMAF media profile, if the file states one. */
  readonly brand?: string
}

const ttml = 'http://www.w3.org/ns/ttml'

/** Profile URIs with their names in the registry. */
const profiles: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/ns/ttml/profile/imsc1/text', 'im1t'],
  ['http://www.w3.org/ns/ttml/profile/imsc1/image', 'im1i'],
  ['http://www.w3.org/ns/ttml/profile/imsc1.1/text', 'im2t'],
  ['http://www.w3.org/ns/ttml/profile/imsc1.1/image', 'im2i'],
  ['http://www.w3.org/ns/ttml/profile/imsc1.2/text', 'im3t'],
  ['http://www.w3.org/ns/ttml/profile/imsc1.2/image', 'im3i'],
  ['urn:ebu:tt:distribution:2014-01', 'etd1'],
])

/** Throws TEXT_PICTURES and TEXT_TTML if players could not show it. */
export function ttmlProfile(entry: StppEntry, first: string, trackId: number): TtmlProfile {
  const where = `track ${trackId}`
  if (!entry.namespace.split(/\s+/).includes(ttml))
    throw new HeadendError(
      'TEXT_TTML',
      `${where}: expected ${ttml}, got ${entry.namespace || 'no namespace'}`,
    )
  const stated = /codecs\s*=\s*"?([A-Za-z0-9|&+]+)/.exec(entry.mediaType ?? '')?.[1]
  const named = stated?.split(/[|&+]/)[0] ?? documentProfile(first, where)
  if (/^im\di$/.test(named ?? '') || /\bimage\//.test(entry.auxiliaryTypes))
    throw new HeadendError(
      'TEXT_PICTURES',
      `${where}: expected texts, got pictures of them (${named ?? entry.auxiliaryTypes}); export the subtitles as text`,
    )
  return {
    codec: `stpp.ttml.${named ?? 'im1t'}`,
    ...(named && /^im\dt$/.test(named) && { brand: named }),
  }
}

function documentProfile(text: string, where: string): string | undefined {
  const { root } = xmlOf(text, where)
  if (localName(root.name) !== 'tt')
    throw new HeadendError('TEXT_TTML', `${where}: expected a document of TTML, got <${root.name}>`)
  const uris = [attributeOf(root, 'profile'), attributeOf(root, 'contentProfiles')]
  for (const uri of uris.flatMap((list) => list?.split(/[\s()]+/) ?? [])) {
    const name = profiles.get(uri)
    if (name) return name
  }
  return undefined
}

function xmlOf(text: string, where: string): ReturnType<typeof readXml> {
  try {
    return readXml(text.replace(/^\ufeff/, ''))
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    throw new HeadendError('TEXT_TTML', `${where}: expected well-formed TTML: ${error.message}`, {
      cause: error,
    })
  }
}

/** An empty document: one is required for times without text, too (ISO/IEC 14496-30 5). */
export const emptyTtml = new TextEncoder().encode(
  `<tt xmlns="${ttml}" xmlns:ttp="${ttml}#parameter" ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text" xml:lang=""><head/><body/></tt>`,
)

/**
 * Puts documents into the segments they are shown in; one shown in several is repeated in each, for its times count
 * from the start of the film and not of the sample.
 */
export function ttmlMedia(
  { track, moved = false }: { readonly track: TextTrack; readonly moved?: boolean },
  documents: readonly Uint8Array[],
  { boundaries, timescale }: { readonly boundaries: readonly number[]; readonly timescale: number },
): TextMedia {
  if (moved || track.edit.shift !== track.edit.mediaStart)
    throw new HeadendError(
      'TEXT_TTML_SHIFTED',
      `track ${track.trackId}: expected TTML whose times count from the start of the film, got an edit list or a clock that moves it; export it without`,
    )
  const ticks = (time: number): number => Math.round((time * timescale) / track.timescale)
  const shown = documents
    .map((document, i) => ({ document, ...editedSpan(track, i) }))
    .map(({ document, from, to }) => ({ document, from: ticks(from), to: ticks(to) }))
    .toSorted((a, b) => a.from - b.from)
  const texts = shown.map(({ document }) => document)
  // Overlapping samples are invalid; the last one is shown.
  return textMedia(spansOf(shown, boundaries), (to, span) =>
    to.bytes(texts[span.shown.at(-1) ?? -1] ?? emptyTtml),
  )
}
