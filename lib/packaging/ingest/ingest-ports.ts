/** What ingest needs from outside: the index, the uploads, the media bucket. */
import type { AssetFault, AssetRecord, Publication } from '../assets/asset.ts'
import type { Upload, UploadSource } from '../assets/upload-event.ts'
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
export interface IngestPorts {
  /** Remembers an upload unless a later one of its key is known; gives the asset as it is then. */
  remember(assetId: string, upload: Upload): Promise<AssetRecord>
  /** Says how far indexing is. Passed over where the sources have changed since `revision`. */
  advance(assetId: string, at: { readonly revision: number; readonly share: number }): Promise<void>
  /** Makes a timeline the one that plays; false where the sources have changed since `revision`. */
  publish(assetId: string, revision: number, publication: Publication): Promise<boolean>
  /** Shows what is wrong; what was published goes on playing. False where the sources have changed since. */
  fail(assetId: string, revision: number, fault: AssetFault): Promise<boolean>
  /** What the bucket has under a key; undefined where nothing. */
  find(key: string): Promise<UploadSource | undefined>
  open(key: string, source: UploadSource): Source
  /**
   * Shows a film, protected as `asset.json` states it, else as was set for it: never before it is protected. Throws
   * ASSET_PROTECTION for a statement that says nothing. False where it was not shown.
   */
  showProtected(contentId: string, film: AssetToPublish): Promise<boolean>
  /** A small upload whole. */
  text(key: string, source: UploadSource): Promise<string>
  /** Stores an object of a timeline. */
  store(key: string, body: Uint8Array | string, contentType: string): Promise<void>
}
