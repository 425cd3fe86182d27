/**
 * Where a segment's bytes are. Kept apart from the segments, because it changes (archiving, repair by the
 * second encoder, re-cut) while identity, and so every URL, stays.
 */

/** An object in a store, pinned to one version where the store has versions. */
export interface ObjectRef {
  readonly bucket: 'upload' | 'media'
  readonly key: string
  readonly versionId?: string
}

/** How the packager finds one segment's samples. */
export type Locator =
  /** Samples lie scattered in an uploaded file: `index` names the entry of the sample index that lists them. */
  | { readonly kind: 'extents'; readonly object: ObjectRef; readonly index: ByteRange }
  /** The segment is a whole object as it stands. */
  | { readonly kind: 'object'; readonly object: ObjectRef }
  /** The segment is a part of an archive object. */
  | { readonly kind: 'range'; readonly object: ObjectRef; readonly range: ByteRange }
  /** The segment's samples lie in a piece of a transport stream. */
  | { readonly kind: 'ts'; readonly object: ObjectRef; readonly range: ByteRange; readonly pid: number }
  /** A third party serves it. */
  | { readonly kind: 'url'; readonly url: string }

/** `length` bytes from `offset`. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Key of one segment within a track. */
export const segmentKey = (number: number, cut: number): string => `${number}.${cut}`

/** Where everything of one timeline version is, for the packager. */
export interface Placement {
  readonly timelineId: string
  readonly version: string
  /** A higher revision replaces a lower one; the bytes a URL gives stay the same. */
  readonly revision: number
  readonly tracks: Readonly<Record<string, TrackPlacement>>
}

/** Where one track's init and sample index are, and how each segment is found. */
export interface TrackPlacement {
  /** Init segment of each config, by config id. */
  readonly inits: Readonly<Record<string, ObjectRef>>
  /** Binary sample index of the whole track (`formats/isobmff/sample-index`), where segments are `extents`. */
  readonly sampleIndex?: ObjectRef
  /** By `segmentKey`. */
  readonly segments: Readonly<Record<string, Locator>>
}
