/** Rewrites third-party playlists, changing only what is meant to change. */
import { readPlaylist, writePlaylist } from './read-playlist.ts'

/** The unchanged playlist: every tag, attribute, URI and line end in its place. Refuses other text. */
export function identityRewrite(text: string): string {
  return writePlaylist(readPlaylist(text))
}
