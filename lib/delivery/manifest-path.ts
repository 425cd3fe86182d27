/** The paths of manifests. */
import type { CencScheme } from '../timeline/stored-protection.ts'
import type { ProtectionChoice } from './signalling.ts'

/** What a manifest path names. */
export type ManifestName =
  | { readonly kind: 'multivariant' | 'mpd'; readonly timelineId: string }
  | {
      readonly kind: 'media'
      readonly timelineId: string
      readonly version: string
      readonly renditionId: string
      /** Absent where it is shown in the clear. */
      readonly protection?: ProtectionChoice
    }

const word = '[A-Za-z0-9._-]{1,128}'
const top = new RegExp(`^(vod/${word})/index\\.(m3u8|mpd)$`)
const how = '([0-9a-f]{16})-(cenc|cbcs)(-identity)?'
const media = new RegExp(`^(vod/${word})/([0-9a-f]{16})/(?:${how}/)?(${word})\\.m3u8$`)

/** Reads a path without a leading slash; undefined where it names no manifest. */
export function parseManifestPath(path: string): ManifestName | undefined {
  const [, timelineId, ending] = top.exec(path) ?? []
  if (timelineId !== undefined) return { kind: ending === 'mpd' ? 'mpd' : 'multivariant', timelineId }
  const [, id, version, name, scheme, identity, renditionId] = media.exec(path) ?? []
  if (id === undefined || version === undefined || renditionId === undefined) return undefined
  return {
    kind: 'media',
    timelineId: id,
    version,
    renditionId,
    ...(name !== undefined && {
      protection: { name, scheme: scheme as CencScheme, identity: identity !== undefined },
    }),
  }
}

/** A Media Playlist as seen from `index.m3u8` beside it. */
export function mediaPlaylistUri(
  version: string,
  renditionId: string,
  protection: Required<ProtectionChoice> | undefined,
): string {
  if (!protection) return `${version}/${renditionId}.m3u8`
  const { name, scheme, identity } = protection
  return `${version}/${name}-${scheme}${identity ? '-identity' : ''}/${renditionId}.m3u8`
}
