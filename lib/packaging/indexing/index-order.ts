/** What is to be indexed, and what comes of it. */
import type { AssetWarning, SkippedTrack } from '../../assets/index.ts'
import type { ObjectRef, Placement } from '../../timeline/placement.ts'
import type { CaptionService, Timeline } from '../../timeline/timeline.ts'
import type { Source } from '../reading/source.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** One file of an asset. */
export interface SourceFile {
  readonly object: ObjectRef
  readonly source: Source
  /** What the upload says of it, before what the file says of itself. */
  readonly language?: string
  readonly name?: string
  /** DASH roles of its sound and texts. */
  readonly roles?: readonly string[]
  /** The upload says that its pictures are renditions of one. */
  readonly renditions?: true
}

/** What to make. */
export interface IndexOrder {
  /** `vod/<assetId>`. */
  readonly timelineId: string
  readonly version: string
  readonly files: readonly SourceFile[]
  /** Subtitles beside the film. */
  readonly sidecars?: readonly SourceFile[]
  /** What the upload says of captions in the pictures, instead of what they say themselves. */
  readonly captions?: readonly CaptionService[]
  /** What the film may lack, though its files have some that can't be delivered. */
  readonly optional?: readonly SourceTrack['type'][]
  /** Told how far it is, 0 to 1. */
  readonly progress?: (share: number) => Promise<void>
}

/** A timeline and everything that lies beside it. */
export interface IndexedAsset {
  readonly timeline: Timeline
  readonly placement: Placement
  /** Init segments and sample indexes, by key in the media bucket. */
  readonly objects: readonly {
    readonly key: string
    readonly bytes: Uint8Array
    readonly contentType: string
  }[]
  readonly skipped: readonly SkippedTrack[]
  readonly warnings: readonly AssetWarning[]
  readonly durationSeconds: number
  /** Up to where pictures and sound go together: there the first of them ends. */
  readonly commonSeconds: number
}
