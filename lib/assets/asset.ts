/** An asset as the index stores it. */

import type { ErrorCode } from '../errors.ts'
import type { AssetId } from '../timeline/ids.ts'
import type { Bandwidth } from '../timeline/timeline.ts'
import type { UploadSource } from './uploads/upload-event.ts'

/** The state of an asset. One that is `deleting` no longer plays, and the next DELETE removes what is left of it. */
export const assetStates = ['indexing', 'ready', 'failed', 'deleting'] as const
export type AssetState = (typeof assetStates)[number]

/** An asset and the state of its uploads. `version` plays in any state. */
export interface AssetRecord {
  readonly assetId: AssetId
  readonly state: AssetState
  /** The latest version of every upload, by key. */
  readonly sources: Readonly<Record<string, UploadSource>>
  /** Incremented when `sources` changes: a timeline made from older sources is not published. */
  readonly revision: number
  /** The published timeline. */
  readonly version?: string
  /** The version of `asset.json` that committed the published timeline, if one did. */
  readonly commit?: string
  /** The name of the latest request to index again; later ones compare greater. */
  readonly asked?: string
  /** The value of `asked` that the published timeline was made for. */
  readonly indexedFor?: string
  /** Set if the latest upload was not stored because the row is full. */
  readonly isFull?: true
}

/** The maximum number of files of one asset, committed or not. */
export const maxFiles = 100

/** The facts published with a timeline. */
export interface Publication {
  readonly version: string
  readonly durationSeconds: number
  /** The end of the range in which both video and audio are present. */
  readonly commonSeconds: number
  readonly tracks: readonly AssetTrack[]
  readonly skipped: readonly SkippedTrack[]
  readonly warnings: readonly AssetWarning[]
  readonly title?: string
  readonly commit?: string
  readonly indexedFor?: string
  /** The name of its protection state; absent if it is delivered in the clear. */
  readonly protection?: string
}

/** A track that was left out, or a part of one that an edit list hides, with the reason; the rest plays. */
export interface SkippedTrack {
  /** The upload's key. */
  readonly file: string
  /** The track id in the file's `tkhd`, if it could be read. */
  readonly trackId?: number
  readonly type?: string
  /** The four-character code of the sample entry. */
  readonly codec?: string
  readonly code: ErrorCode
  readonly reason: string
}

/** A defect of a track that plays nevertheless, and how it was handled. */
export type AssetWarning = SkippedTrack

/** A track as people select it. */
export interface AssetTrack {
  readonly id: string
  readonly type: string
  readonly codec: string
  readonly language?: string
  readonly name?: string
  readonly width?: number
  readonly height?: number
  readonly frameRate?: readonly [number, number]
  readonly sampleRate?: number
  readonly channels?: number
  readonly bandwidth: Bandwidth
}

/** The reason why the latest upload of an asset has no timeline. */
export interface AssetFault {
  readonly code: string
  readonly message: string
}
