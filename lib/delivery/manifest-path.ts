/** The paths of manifests, whatever they are of: what a path's first word stands for, its source knows. */
import { idWord } from '../timeline/ids.ts'
import type { CencScheme } from '../timeline/stored-protection.ts'

/** What a manifest path names. */
export type ManifestName =
  | { readonly kind: 'multivariant' | 'mpd'; readonly presentationId: string }
  | MediaPlaylistName

/** What the path of a Media Playlist names. */
export interface MediaPlaylistName {
  readonly kind: 'media'
  readonly presentationId: string
  readonly version: string
  readonly renditionId: string
  /** Absent where it is shown in the clear. */
  readonly form?: ProtectedForm
}

/** In which form protected content is shown. */
export interface ProtectedForm {
  /** Which state of its protection; empty where the path names none. */
  readonly name: string
  readonly scheme: CencScheme
  /** Clear Key in HLS as a key of one's own. */
  readonly identity: boolean
}

const top = new RegExp(`^(${idWord}/${idWord})/index\\.(m3u8|mpd)$`)
const formWord = '(?:([0-9a-f]{16})-)?(cenc|cbcs)(-identity)?'
const media = new RegExp(`^(${idWord}/${idWord})/([0-9a-f]{16})/(?:${formWord}/)?(${idWord})\\.m3u8$`)

/** Reads a path without a leading slash; undefined where it names no manifest. */
export function parseManifestPath(path: string): ManifestName | undefined {
  const [, topId, ending] = top.exec(path) ?? []
  if (topId !== undefined) return { kind: ending === 'mpd' ? 'mpd' : 'multivariant', presentationId: topId }
  const [, presentationId, version, name = '', scheme, identity, renditionId] = media.exec(path) ?? []
  if (presentationId === undefined || version === undefined || renditionId === undefined) return undefined
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

/** A Media Playlist as seen from `index.m3u8` beside it. */
export function mediaPlaylistUri(
  version: string,
  renditionId: string,
  form: ProtectedForm | undefined,
): string {
  const how = form ? `${form.name && `${form.name}-`}${form.scheme}${form.identity ? '-identity' : ''}/` : ''
  return `${version}/${how}${renditionId}.m3u8`
}
