/** An asset as the index remembers it. */

import type { ErrorCode } from '../errors.ts'
import type { AssetId } from '../timeline/ids.ts'
import type { Bandwidth } from '../timeline/timeline.ts'
import type { UploadSource } from './uploads/upload-event.ts'

/** How an asset fares. What is being deleted plays no more, and whatever is left of it goes with the next DELETE. */
export const assetStates = ['indexing', 'ready', 'failed', 'deleting'] as const
export type AssetState = (typeof assetStates)[number]

/** One film and what became of its uploads. `version` plays whatever the state is. */
export interface AssetRecord {
  readonly assetId: AssetId
  readonly state: AssetState
  /** Latest version of every upload, by key. */
  readonly sources: Readonly<Record<string, UploadSource>>
  /** Grows whenever `sources` changes: what was made of older sources is not published. */
  readonly revision: number
  /** The published timeline. */
  readonly version?: string
  /** `asset.json`'s version, where one committed the published timeline. */
  readonly commit?: string
  /** Names the last time an operator asked for it to be indexed again; later ones compare greater. */
  readonly asked?: string
  /** The same, of what the published timeline was made for. */
  readonly indexedFor?: string
  /** The upload just told of was not remembered: the row has as many as it holds. */
  readonly isFull?: true
}

/** Files of one asset, committed or not. */
export const maxFiles = 100

/** What is published with a timeline. */
export interface Publication {
  readonly version: string
  readonly durationSeconds: number
  /** Up to where its pictures and its sound go together. */
  readonly commonSeconds: number
  readonly tracks: readonly AssetTrack[]
  readonly skipped: readonly SkippedTrack[]
  readonly warnings: readonly AssetWarning[]
  readonly title?: string
  readonly commit?: string
  readonly indexedFor?: string
  /** Names the state of its protection; absent where it is shown in the clear. */
  readonly protection?: string
}

/** A track nobody will see, or what of one an edit list hides, and why; the rest plays. */
export interface SkippedTrack {
  /** Upload key. */
  readonly file: string
  /** Of the file's own `tkhd`, where it could be read. */
  readonly trackId?: number
  readonly type?: string
  /** Four-cc of its samples. */
  readonly codec?: string
  readonly code: ErrorCode
  readonly reason: string
}

/** What was wrong with a track that plays, and what was done about it. */
export type AssetWarning = SkippedTrack

/** One track as people choose it. */
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

/** Why an asset has no timeline of its latest upload. */
export interface AssetFault {
  readonly code: string
  readonly message: string
}
