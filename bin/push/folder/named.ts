/**
 * What the playlists of a folder name: an encoder writes a segment into its playlist when it has closed it (RFC 8216bis
 * 6.2.1). MPDs are not asked: they name by template what is still to come, too.
 */
import { posix } from 'node:path'
import { HeadendError } from '../../../lib/errors.ts'
import { readPlaylist } from '../../../lib/formats/hls/read-playlist.ts'

/** Paths that a playlist names. */
export interface Named {
  /** Whole files. */
  readonly paths: readonly string[]
  /** Files of which segments are parts: such a file grows for ever. */
  readonly growing: readonly string[]
}

/** The files named by the playlist at `path`; none if it is half-written, or no media playlist. */
export function namedBy(path: string, text: string): Named {
  const media = mediaOf(text)
  const folder = posix.dirname(path)
  const local = (uri: string): readonly string[] => {
    // What lies elsewhere is not in the folder, and a path beyond it names nothing in it.
    if (/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(uri)) return []
    return [posix.normalize(posix.join(folder, decoded(uri.replace(/[?#].*$/, ''))))]
  }
  const whole = media.filter(({ byteRange }) => byteRange === undefined)
  const parts = media.filter(({ byteRange }) => byteRange !== undefined)
  return {
    paths: whole.flatMap(({ uri }) => local(uri)),
    growing: [...new Set(parts.flatMap(({ uri }) => local(uri)))],
  }
}

function mediaOf(text: string) {
  try {
    const playlist = readPlaylist(text)
    if (playlist.kind !== 'media') return []
    return playlist.media.segments
  } catch (error) {
    if (error instanceof HeadendError) return []
    throw error
  }
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri
  }
}
