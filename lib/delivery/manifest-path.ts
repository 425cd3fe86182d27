/** Manifest paths of any kind of content; the source knows the meaning of the first path component. */
import { idWord } from '../timeline/ids.ts'
import type { LiveHead } from '../timeline/live/head.ts'
import { trackPath } from '../timeline/media-path.ts'
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
const media = new RegExp(`^(${idWord}/${idWord})/([0-9a-f]{16})/(?:${formWord}/)?(${idWord})\\.m3u8$`)
// Beside the segments of a channel, which it lists by file name alone: windows have up to a hundred thousand of them.
// Those of a protected one have no such place: keys change, and the path of a segment names its key.
const besideMedia = new RegExp(
  `^media/(?:clear|(cenc|cbcs)-(KEYS|ID)-0)/(live/${idWord})/([0-9a-f]{16})/(${idWord})/(?:live|w(\\d{0,10})-(\\d{0,10})-(\\d{0,7}))\\.m3u8$`,
)

/** Parses a path without a leading slash; undefined if it names no manifest. */
export function parseManifestPath(path: string): ManifestName | undefined {
  const [, topId, ending] = top.exec(path) ?? []
  if (topId !== undefined) return { kind: ending === 'mpd' ? 'mpd' : 'multivariant', presentationId: topId }
  const beside = besideMedia.exec(path)
  if (beside) return livePlaylist(beside)
  const [, presentationId, version, name = '', scheme, identity, renditionId] = media.exec(path) ?? []
  if (presentationId === undefined || version === undefined || renditionId === undefined) return undefined
  if (presentationId.startsWith('live/')) return undefined
  return {
    kind: 'media',
    presentationId,
    version,
    renditionId,
    ...(scheme !== undefined && {
      form: { name, scheme: scheme as CencScheme, identity: identity !== undefined },
    }),
  }
}

function livePlaylist(parts: RegExpExecArray): MediaPlaylistName {
  const [, scheme, keys, presentationId = '', version = '', renditionId = '', start, end, delay] = parts
  return {
    kind: 'media',
    presentationId,
    version,
    renditionId,
    ...(start !== undefined && {
      window: { ...seconds('start', start), ...seconds('end', end), ...seconds('delay', delay) },
    }),
    // Which state of protection is in force it asks itself: it is made anew each second.
    ...(scheme !== undefined && {
      form: { name: '', scheme: scheme as CencScheme, identity: keys === 'ID' },
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
): string {
  const how = form ? `${form.name && `${form.name}-`}${form.scheme}${form.identity ? '-identity' : ''}/` : ''
  return `${version}/${how}${renditionId}.m3u8`
}

/** The same of a channel, whose Media Playlists lie beside its clear segments; `window` is absent for its end. */
export function livePlaylistUri(
  { id, version }: Pick<LiveHead, 'id' | 'version'>,
  renditionId: string,
  {
    window,
    form,
  }: { readonly window?: PathWindow | undefined; readonly form?: ProtectedForm | undefined } = {},
): string {
  const file = window ? `w${window.start ?? ''}-${window.end ?? ''}-${window.delay ?? ''}` : 'live'
  const protection = form
    ? { scheme: form.scheme, label: form.identity ? 'ID' : 'KEYS', period: 0 }
    : { scheme: 'clear' as const }
  return `../../${trackPath(protection, id, version, renditionId)}${file}.m3u8`
}
