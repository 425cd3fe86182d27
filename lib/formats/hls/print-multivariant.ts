/** Prints a Multivariant Playlist (RFC 8216bis 4.4.6): the same data always gives the same bytes. */
import { printKey, versionOfKey } from './key.ts'
import { printMedia, versionOfMedia } from './media.ts'
import type { MultivariantPlaylist } from './playlist.ts'
import { printCommon, printLines } from './start.ts'
import { printIFrameStreamInf, printStreamInf } from './stream-inf.ts'
import { printVersion, VERSION_OF, versionOfLines } from './version.ts'

/** The playlist's text, in the order players need it: keys, renditions, variants, I-frame variants. */
export function printMultivariantPlaylist(playlist: MultivariantPlaylist): string {
  let text = `#EXTM3U\n${printVersion(versionOf(playlist))}${printCommon(playlist)}${printLines(playlist.tags)}`
  for (const key of playlist.sessionKeys) text += printKey('EXT-X-SESSION-KEY', key)
  for (const rendition of playlist.media) text += printMedia(rendition)
  for (const variant of playlist.variants) text += printStreamInf(variant)
  for (const variant of playlist.iFrames) text += printIFrameStreamInf(variant)
  return text
}

function versionOf({ sessionKeys, media, variants, iFrames, tags }: MultivariantPlaylist): number {
  let version = versionOfLines(tags)
  for (const key of sessionKeys) version = Math.max(version, versionOfKey(key))
  for (const rendition of media) version = Math.max(version, versionOfMedia(rendition))
  for (const variant of [...variants, ...iFrames]) {
    if (variant.requiredVideoLayout !== undefined) version = Math.max(version, VERSION_OF.requirement)
  }
  return version
}
