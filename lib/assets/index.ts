/** Uploaded assets: their rows in the index, and the keys of their uploads. */
export {
  type AssetFault,
  type AssetRecord,
  type AssetTrack,
  type AssetWarning,
  maxFiles,
  type Publication,
  type SkippedTrack,
} from './asset.ts'
export {
  assetDeleted,
  assetEvents,
  assetFailed,
  assetReady,
  eventsOfAsset,
} from './events/asset-events.ts'
export {
  type AssetRow,
  type AssetRowChange,
  assetRowChange,
  type ChannelRowChange,
  channelRowChange,
} from './events/row-change.ts'
export { assetKinds, byKind, contentOf } from './row.ts'
export { type AskedAgain, askedAgain } from './uploads/asked-again.ts'
export { type Upload, type UploadSource, uploadsOf } from './uploads/upload-event.ts'
export { commitKey, readUploadKey, sidecars, type UploadKey } from './uploads/upload-key.ts'
