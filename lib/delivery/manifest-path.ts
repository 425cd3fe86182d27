/** Manifest paths of any kind of content; the source knows the meaning of the first path component. */
import { idWord } from '../timeline/ids.ts'
import type { CencScheme } from '../timeline/stored-protection.ts'

/** The manifest a path names. */
export type ManifestName =
  | { readonly kind: 'multivariant' | 'mpd'; readonly presentationId: string }
  | MediaPlaylistName

/** The Media Playlist a path names. */
export interface MediaPlaylistName {
  readonly kind: 'media'
  readonly presentationId: string
  readonly version: string
  readonly renditionId: string
  /** The window of a channel it shows; absent for its end. */
  readonly window?: PathWindow
  /** Absent in the clear. */
  readonly form?: ProtectedForm
}

/** A window of a channel: whole seconds since 1970, and seconds of delay. */
export interface PathWindow {
  readonly start?: number
  readonly end?: number
  readonly delay?: number
}

/** The form in which protected content is shown. */
export interface ProtectedForm {
  /** Name of the protection state; empty if the path contains none. */
  readonly name: string
  readonly scheme: CencScheme
  /** Signals Clear Key in HLS with KEYFORMAT `identity`. */
  readonly identity: boolean
}

const top = new RegExp(`^(${idWord}/${idWord})/index\\.(m3u8|mpd)$`)
const formWord = '(?:([0-9a-f]{16})-)?(cenc|cbcs)(-identity)?'
const windowWord = 'w(\\d{0,10})-(\\d{0,10})-(\\d{0,7})'
const media = new RegExp(
  `^(${idWord}/${idWord})/([0-9a-f]{16})/(?:${windowWord}/)?(?:${formWord}/)?(${idWord})\\.m3u8$`,
)

/** Parses a path without a leading slash; undefined if it names no manifest. */
export function parseManifestPath(path: string): ManifestName | undefined {
  const [, topId, ending] = top.exec(path) ?? []
  if (topId !== undefined) return { kind: ending === 'mpd' ? 'mpd' : 'multivariant', presentationId: topId }
  const [, presentationId, version, start, end, delay, name = '', scheme, identity, renditionId] =
    media.exec(path) ?? []
  if (presentationId === undefined || version === undefined || renditionId === undefined) return undefined
  // Nothing but channels has windows.
  if (start !== undefined && !presentationId.startsWith('live/')) return undefined
  return {
    kind: 'media',
    presentationId,
    version,
    renditionId,
    ...(start !== undefined && {
      window: { ...seconds('start', start), ...seconds('end', end), ...seconds('delay', delay) },
    }),
    ...(scheme !== undefined && {
      form: { name, scheme: scheme as CencScheme, identity: identity !== undefined },
    }),
  }
}

const seconds = (name: keyof PathWindow, text: string | undefined): PathWindow =>
  text ? { [name]: Number(text) } : {}

/** URL of a Media Playlist relative to its `index.m3u8`. */
export function mediaPlaylistUri(
  version: string,
  renditionId: string,
  form: ProtectedForm | undefined,
  window?: PathWindow,
): string {
  const how = form ? `${form.name && `${form.name}-`}${form.scheme}${form.identity ? '-identity' : ''}/` : ''
  const part = window ? `w${window.start ?? ''}-${window.end ?? ''}-${window.delay ?? ''}/` : ''
  return `${version}/${part}${how}${renditionId}.m3u8`
}
