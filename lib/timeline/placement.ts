/**
 * Byte locations of segments. Kept apart from the segments, because they change (archiving, repair by the second
 * encoder, re-cut) while identity, and so every URL, stays.
 */

import type { TrackType } from './timeline.ts'

/** A stored object, pinned to one version if its bucket is versioned. */
export interface ObjectRef {
  readonly bucket: 'upload' | 'media'
  readonly key: string
  readonly versionId?: string
}

/** Locates one segment's samples. */
export type Locator =
  /** Samples are scattered in an uploaded file: `entry` of the sample index `index` lists them. */
  | {
      readonly kind: 'extents'
      readonly object: ObjectRef
      readonly index: ObjectRef
      readonly entry: ByteRange
    }
  /** The segment is a whole object. */
  | { readonly kind: 'object'; readonly object: ObjectRef }
  /** The segment has the first sample, a key frame, of the segment that is this whole object. */
  | { readonly kind: 'keyFrame'; readonly object: ObjectRef }
  /** The segment is a range of an archive object. */
  | { readonly kind: 'range'; readonly object: ObjectRef; readonly range: ByteRange }
  /** The segment is served by a third party. */
  | { readonly kind: 'url'; readonly url: string }

/** `length` bytes from `offset`. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Key of one segment within a track. */
export const segmentKey = (number: number, cut: number): string => `${number}.${cut}`

/** Locations of everything in one timeline version, for the packager. */
export interface Placement {
  readonly timelineId: string
  readonly version: string
  /** A higher revision replaces a lower one; the bytes behind a URL stay the same. */
  readonly revision: number
  readonly tracks: Readonly<Record<string, TrackPlacement>>
}

/** Locations of one track's init segments and segments. */
export interface TrackPlacement {
  /** Media type; repeated here because the packager reads no timeline. */
  readonly type: TrackType
  /** Key prefix in the media bucket: what is not listed below is an object there, with the file name of its URL. */
  readonly objects?: string
  /** Its segments have of those objects the first sample each, a key frame: for trick play. */
  readonly keyFramesOnly?: true
  /** Init segment of each config, by config id. */
  readonly inits: Readonly<Record<string, ObjectRef>>
  /** Width times height of the largest video. */
  readonly pixels?: number
  /** Config changes: the first segment number, and its config; absent if all segments use the first config. */
  readonly configs?: readonly (readonly [fromNumber: number, configId: string])[]
  /** Locates segments not listed in `segments`. */
  readonly sampleIndex?: SampleIndexRef
  /** The same segments as WebVTT text, if the track has them: an index whose entries are the texts. */
  readonly webVtt?: Pick<SampleIndexRef, 'index' | 'directory'>
  /** By `segmentKey`; takes precedence over the sample index. */
  readonly segments: Readonly<Record<string, Locator>>
}

/** A binary sample index: its directory locates the entry of every segment, so that none is listed here. */
export interface SampleIndexRef {
  /** The index itself (docs/timeline.md, "Sample index"). */
  readonly index: ObjectRef
  readonly directory: ByteRange
  /** The file its extents refer to. */
  readonly object: ObjectRef
}
