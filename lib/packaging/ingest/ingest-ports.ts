/** External dependencies of ingest: the index, the uploads, the media bucket. */

import type { UploadSource } from '../../assets/index.ts'
import type { AssetRows } from '../../assets/indexing/store.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { Source } from '../reading/source.ts'

/** An asset to be published. */
export interface AssetToPublish {
  /** The protection stated in `asset.json`. */
  readonly stated: unknown
  /** The time up to which both video and audio exist. */
  readonly commonMs: number
  /** Publishes it with its protection state, undefined if public; false if its sources have changed. */
  readonly show: (protection: string | undefined) => Promise<boolean>
}

/** Persistent state of an asset. Every write may be repeated. */
export interface IngestPorts extends AssetRows {
  /** The upload under a key; undefined if none. */
  find(key: string): Promise<UploadSource | undefined>
  open(key: string, source: UploadSource): Source
  /**
   * Publishes an asset, protected as `asset.json` states, else as configured: never before it is protected. Throws
   * ASSET_PROTECTION for an invalid statement. False if it was not published.
   */
  showProtected(contentId: ContentId, film: AssetToPublish): Promise<boolean>
  /** Reads a small upload whole. */
  text(key: string, source: UploadSource): Promise<string>
  /** Stores a large object of a timeline as it comes; the source reads it. `name` is that of the upload it is made of. */
  keep(key: string, chunks: AsyncIterable<Uint8Array>): Promise<Source>
  /** Stores an object of a timeline. */
  store(key: string, body: Uint8Array | string, contentType: string): Promise<void>
}
