/** HTTP Live Streaming (RFC 8216bis). */

export type { CuedSegment, PlaylistCue, PlaylistCues } from './cues/cue.ts'
export { hasCueTags, readPlaylistCues } from './cues/read-cues.ts'
export type {
  DateRange,
  HlsKey,
  MediaPlaylist,
  MediaRendition,
  MultivariantPlaylist,
  PlaylistSegment,
  Variant,
  VariantAttributes,
} from './playlist.ts'
export { printMediaPlaylist } from './print-media.ts'
export { printMultivariantPlaylist } from './print-multivariant.ts'
export { readPlaylist } from './read-playlist.ts'
export { identityRewrite } from './rewrite.ts'
