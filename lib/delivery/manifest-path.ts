/** The paths of manifests. */

/** What a manifest path names. */
export type ManifestName =
  | { readonly kind: 'multivariant' | 'mpd'; readonly timelineId: string }
  | {
      readonly kind: 'media'
      readonly timelineId: string
      readonly version: string
      readonly renditionId: string
    }

const word = '[A-Za-z0-9._-]{1,128}'
const top = new RegExp(`^(vod/${word})/index\\.(m3u8|mpd)$`)
const media = new RegExp(`^(vod/${word})/([0-9a-f]{16})/(${word})\\.m3u8$`)

/** Reads a path without a leading slash; undefined where it names no manifest. */
export function parseManifestPath(path: string): ManifestName | undefined {
  const [, timelineId, ending] = top.exec(path) ?? []
  if (timelineId !== undefined) return { kind: ending === 'mpd' ? 'mpd' : 'multivariant', timelineId }
  const [, id, version, renditionId] = media.exec(path) ?? []
  if (id === undefined || version === undefined || renditionId === undefined) return undefined
  return { kind: 'media', timelineId: id, version, renditionId }
}
