/**
 * Where a segment's bytes are. Kept apart from the segments, because it changes (archiving, repair by the
 * second encoder, re-cut) while identity, and so every URL, stays.
 */

import type { TrackType } from './timeline.ts'

/** An object in a store, pinned to one version where the store has versions. */
export interface ObjectRef {
  readonly bucket: 'upload' | 'media'
  readonly key: string
  readonly versionId?: string
}

/** How the packager finds one segment's samples. */
export type Locator =
  /** Samples lie scattered in an uploaded file: `entry` of the sample index `index` lists them. */
  | {
      readonly kind: 'extents'
      readonly object: ObjectRef
      readonly index: ObjectRef
      readonly entry: ByteRange
    }
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

/** Where one track's inits are, and how each segment is found. */
export interface TrackPlacement {
  /** What kind of media it is: the packager reads no timeline. */
  readonly type: TrackType
  /** Init segment of each config, by config id. */
  readonly inits: Readonly<Record<string, ObjectRef>>
  /** Width times height of the largest pictures. */
  readonly pixels?: number
  /** Where segments go over to another config: from which number on, and to which; absent where all have the first. */
  readonly configs?: readonly (readonly [fromNumber: number, configId: string])[]
  /** How segments are found that `segments` does not name. */
  readonly sampleIndex?: SampleIndexRef
  /** The same segments as WebVTT text, where the track has them: an index whose entries are the texts. */
  readonly webVtt?: Pick<SampleIndexRef, 'index' | 'directory'>
  /** By `segmentKey`; these come before the sample index. */
  readonly segments: Readonly<Record<string, Locator>>
}

/** A binary sample index: its directory names the entry of every segment, so that none is listed here. */
export interface SampleIndexRef {
  /** The index itself (docs/timeline.md, "Sample index"). */
  readonly index: ObjectRef
  readonly directory: ByteRange
  /** The file its extents lie in. */
  readonly object: ObjectRef
}
