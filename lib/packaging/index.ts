/** Public interface of packaging: turns uploads into timelines and builds media from them on request. */

export { bcp47 } from './assets/language.ts'
export { type FeedCue, type FeedCues, messageCues } from './feed/cues.ts'
export { feedObject } from './feed/feed-object.ts'
export type { CuttableTrack, FeedTrack } from './feed/feed-track.ts'
export { keyFrameBytes } from './feed/key-frame.ts'
export { partsWithin } from './feed/media-pieces.ts'
export { type FeedMemory, feedMemory } from './feed/memory.ts'
export {
  readFeedSegment,
  readFeedStream,
} from './feed/read-segment.ts'
export { emptyText } from './feed/text-config.ts'
export { isTransportStream } from './feed/transport-stream.ts'
export { mpegSecondsOf, type TextFacts, webVttSegment } from './feed/webvtt-segment.ts'
export { indexAsset } from './indexing/index-asset.ts'
export type { IndexedAsset, IndexOrder } from './indexing/index-order.ts'
export { type Inspection, inspectMp4 } from './indexing/inspect.ts'
export { ingestMessage } from './ingest/ingest.ts'
export type { Source } from './reading/source.ts'
export { createPackager, type Packager } from './segments/packager.ts'
export { mediaReader } from './segments/stored-media.ts'
export { sidecarMessage } from './sidecar/audio-sidecar.ts'
export { textFactsOf } from './text/name.ts'
