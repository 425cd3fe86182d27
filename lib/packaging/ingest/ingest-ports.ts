/** What ingest needs from outside: the index, the uploads, the media bucket. */

import type { UploadSource } from '../../assets/index.ts'
import type { AssetRows } from '../../assets/indexing/store.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { Source } from '../reading/source.ts'

/** A film that is to be shown. */
export interface AssetToPublish {
  /** What `asset.json` says of its protection. */
  readonly stated: unknown
  /** Up to where its pictures and its sound go together. */
  readonly commonMs: number
  /** Shows it with the state of its protection, undefined where it is public; false where its sources have changed. */
  readonly show: (protection: string | undefined) => Promise<boolean>
}

/** Everything of an asset that outlives a function. Every write may be done twice. */
export interface IngestPorts extends AssetRows {
  /** What the bucket has under a key; undefined where nothing. */
  find(key: string): Promise<UploadSource | undefined>
  open(key: string, source: UploadSource): Source
  /**
   * Shows a film, protected as `asset.json` states it, else as was set for it: never before it is protected. Throws
   * ASSET_PROTECTION for a statement that says nothing. False where it was not shown.
   */
  showProtected(contentId: ContentId, film: AssetToPublish): Promise<boolean>
  /** A small upload whole. */
  text(key: string, source: UploadSource): Promise<string>
  /** Stores an object of a timeline. */
  store(key: string, body: Uint8Array | string, contentType: string): Promise<void>
}
