/** What ingest needs from outside: the index, the uploads, the media bucket. */
import type { AssetFault, AssetRecord, Publication } from './asset.ts'
import type { Source } from './source.ts'
import type { Upload, UploadSource } from './upload-event.ts'

/** A state of a film's protection, and the name it goes by. */
export interface FilmProtection {
  readonly name: string
  readonly text: string
}

/** Everything of an asset that outlives a function. Every write may be done twice. */
export interface IngestRoom {
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
   * How a film is to be protected, made known before it is shown: what `asset.json` states, else what was set for it.
   * Undefined where it is not. Throws ASSET_PROTECTION for a statement that says nothing.
   */
  settleProtection(contentId: string, stated: unknown): Promise<void>
  protection(contentId: string, commonMs: number): Promise<FilmProtection | undefined>
  /** A small upload whole. */
  text(key: string, source: UploadSource): Promise<string>
  /** Stores an object of a timeline. */
  store(key: string, body: Uint8Array | string, contentType: string): Promise<void>
}
