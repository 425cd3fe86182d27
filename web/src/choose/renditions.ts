/** Which renditions a Multivariant Playlist offers, read from its URIs. */

/** A rendition and its Media Playlist. */
export interface Offered {
  readonly id: string
  readonly url: string
}

/** Each once, in the playlist's order; `base` is the playlist's own URL. */
export function offeredBy(playlist: string, base: string): readonly Offered[] {
  const offered = new Map<string, Offered>()
  for (const line of playlist.split('\n')) {
    const uri = line.startsWith('#') ? attribute(line) : line.trim()
    const id = uri === undefined ? undefined : /([^/]+)\.m3u8$/.exec(uri.split('?', 1)[0] ?? '')?.[1]
    if (uri === undefined || id === undefined || offered.has(id)) continue
    offered.set(id, { id, url: new URL(uri, base).href })
  }
  return [...offered.values()]
}

function attribute(line: string): string | undefined {
  const at = line.indexOf('URI="')
  return at < 0 ? undefined : line.slice(at + 5, line.indexOf('"', at + 5))
}
