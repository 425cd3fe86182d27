/** Playlists of others, changed only where they are meant to be. */
import { readPlaylist, writePlaylist } from './read-playlist.ts'

/** The playlist as it is: every tag, attribute, URI and line end in its place. Refuses a text that is no playlist. */
export function identityRewrite(text: string): string {
  return writePlaylist(readPlaylist(text))
}
