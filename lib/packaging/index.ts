/** The door of packaging: uploads become timelines, media is made of them on request. */
export { assetKey, assetKinds, progressKey } from './assets/asset-rows.ts'
export { readUploadKey, sidecars } from './assets/upload-key.ts'
export { type IndexedAsset, type IndexOrder, indexAsset } from './indexing/index-asset.ts'
export { type Inspection, inspectMp4 } from './indexing/inspect.ts'
export { ingestMessage } from './ingest/ingest.ts'
export type { Source } from './reading/source.ts'
export { type Packager, packagerOf } from './segments/packager.ts'
export { sidecarMessage } from './sidecar/audio-sidecar.ts'
