/** Input and output of indexing an asset. */
import type { AssetWarning, SkippedTrack } from '../../assets/index.ts'
import type { ObjectRef, Placement } from '../../timeline/placement.ts'
import type { CaptionService, Timeline } from '../../timeline/timeline.ts'
import type { Source } from '../reading/source.ts'
import type { SourceTrack } from '../reading/source-track.ts'

/** One file of an asset. */
export interface SourceFile {
  readonly object: ObjectRef
  readonly source: Source
  /** Stated by the upload; takes precedence over the file's own. */
  readonly language?: string
  readonly name?: string
  /** DASH roles of its audio and text tracks. */
  readonly roles?: readonly string[]
  /** Stated by the upload: its video tracks are renditions of the same content. */
  readonly renditions?: true
}

/** Samples that were stored beside the timeline. */
export type KeptSamples = Pick<SourceFile, 'object' | 'source'>

/** Input of `indexAsset`. */
export interface IndexOrder {
  /** `vod/<assetId>`. */
  readonly timelineId: string
  readonly version: string
  readonly files: readonly SourceFile[]
  /** Subtitle files beside the film. */
  readonly sidecars?: readonly SourceFile[]
  /** In-band captions as stated by the upload; replaces those detected. */
  readonly captions?: readonly CaptionService[]
  /** Track types the asset may go without, although its files have some that can't be delivered. */
  readonly optional?: readonly SourceTrack['type'][]
  /**
   * Stores samples that do not lie in one piece in their upload, under a name of the timeline's own; without it
   * transport streams are refused.
   */
  readonly keep?: (name: string, chunks: AsyncIterable<Uint8Array>) => Promise<KeptSamples>
  /** Called with the progress, 0 to 1. */
  readonly progress?: (share: number) => Promise<void>
}

/** A timeline and everything stored beside it. */
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
  /** The time up to which both video and audio exist: the earlier of their ends. */
  readonly commonSeconds: number
}
