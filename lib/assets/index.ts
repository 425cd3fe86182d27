/** Assets: films that were uploaded, their rows in the index, and what their uploads are called. */
export {
  type AssetFault,
  type AssetRecord,
  type AssetTrack,
  type AssetWarning,
  maxFiles,
  type Publication,
  type SkippedTrack,
} from './asset.ts'
export { assetKinds, byKind, contentOf } from './row.ts'
export { type AskedAgain, askedAgain } from './uploads/asked-again.ts'
export { type Upload, type UploadSource, uploadsOf } from './uploads/upload-event.ts'
export { commitKey, readUploadKey, sidecars, type UploadKey } from './uploads/upload-key.ts'
