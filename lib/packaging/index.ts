/** The door of packaging: uploads become timelines, media is made of them on request. */
export { type IndexedFilms, type IndexOrder, indexFilms } from './index-films.ts'
export { type IngestMessage, ingestBatch } from './ingest.ts'
export { type Inspection, inspectMp4 } from './inspect.ts'
export { type Packager, packagerOf } from './media.ts'
export { type MediaAnswer, type MediaRequest, refused } from './media-answer.ts'
export { sideCarBatch } from './sound-side-car.ts'
export type { Source } from './source.ts'
export { readUploadKey, sideCars } from './upload-key.ts'
