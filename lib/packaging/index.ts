/** The door of packaging: uploads become timelines, media is made of them on request. */
export { assetKey, assetKinds, progressKey } from './asset-rows.ts'
export { type IndexedFilms, type IndexOrder, indexFilms } from './index-films.ts'
export { ingestMessage } from './ingest.ts'
export { type Inspection, inspectMp4 } from './inspect.ts'
export { type Packager, packagerOf } from './media.ts'
export { sideCarMessage } from './sound-side-car.ts'
export type { Source } from './source.ts'
export { readUploadKey, sideCars } from './upload-key.ts'
