/** Cues of a Media Playlist: what its tags say of breaks, and where they stand. */

/** A cue; tags that stand before the same segment and say the same are one. */
export interface PlaylistCue {
  /**
   * Out of the network feed, or back; `running`: a break whose beginning has left the playlist; `section`: only its
   * section says what.
   */
  readonly kind: 'out' | 'in' | 'running' | 'section'
  /** Index of the segment that follows; as many as there are segments if none has followed yet. */
  readonly before: number
  /** Line of its first tag, counted from 1. */
  readonly line: number
  /** Names of its tags. */
  readonly tags: readonly string[]
  readonly id?: string
  /** Milliseconds since 1970 by the playlist's own dates, if a tag says when. */
  readonly atMs?: number
  /** Announced, or what it took. */
  readonly durationSeconds?: number
  /** The duration is what it took: it ends by itself. */
  readonly isExact?: true
  /** How long it has run where it stands. */
  readonly elapsedSeconds?: number
  /** A splice_info_section that can be read. */
  readonly section?: Uint8Array
  /** Why one that is there can not. */
  readonly unreadable?: string
  /** EXT-X-ASSET, EXT-X-CUE-OUT: what is said of the break beside its times. */
  readonly facts?: Readonly<Record<string, string>>
}

/** A segment as far as cues need it. */
export interface CuedSegment {
  readonly uri: string
  /** EXT-X-MEDIA-SEQUENCE, counted on. */
  readonly sequence: number
  readonly seconds: number
  /** Milliseconds since 1970, of EXT-X-PROGRAM-DATE-TIME before it or before one that it goes on from. */
  readonly startMs?: number
  /** It is part of a resource (EXT-X-BYTERANGE). */
  readonly isPart: boolean
}

/** What was read, and why some of it could not be. */
export interface PlaylistCues {
  readonly segments: readonly CuedSegment[]
  /** In the order of their lines. */
  readonly cues: readonly PlaylistCue[]
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

/** A cue of one tag, before those of a boundary are joined. */
export type TagCue = Omit<PlaylistCue, 'before' | 'line' | 'tags'>

/** What a tag gives: a cue, facts for the cue of its boundary, or why there is none. */
export type TagReading =
  | { readonly cue: TagCue }
  | { readonly facts: Readonly<Record<string, string>> }
  | { readonly reason: string }
