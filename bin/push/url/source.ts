/** What a playlist or an MPD shows, in the one form that is pushed. */

/** A resource, or a range of it. */
export interface Resource {
  readonly url: string
  readonly byteRange?: { readonly offset: number; readonly length: number }
}

/** A segment of a track. */
export interface ListedSegment extends Resource {
  /** Its name in the feed, without an ending: a number that grows. */
  readonly name: string
  /** Grows from segment to segment; `next` is that of the one behind it. */
  readonly order: number
  readonly next: number
  /** On the clock of its source, for what is sent in real time. */
  readonly startSeconds: number
  readonly init?: Resource
}

/** A rendition. */
export interface ListedTrack {
  /** `v1`, `a1`: its folder in the feed, by which ingest tells streams apart. */
  readonly name: string
  /** In order, whatever is there now. */
  readonly segments: readonly ListedSegment[]
  /** Whether more may come. */
  readonly live: boolean
}

/** What a source shows in one look. */
export interface Look {
  readonly tracks: readonly ListedTrack[]
  /** Whether another look is worth it. */
  readonly live: boolean
  /** When. */
  readonly refreshSeconds: number
}

/** A playlist or an MPD. */
export interface Source {
  /** Undefined if it can not be had just now; throws what no later look makes better. */
  look(): Promise<Look | undefined>
}
