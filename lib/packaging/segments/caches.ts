/** Dependencies of a packager, and its caches across requests. */
import type { Aes } from '../../formats/cenc/index.ts'
import { Cache } from '../../platform/cache.ts'
import type { Placement } from '../../timeline/placement.ts'
import type { DirectoryEntry } from '../storage/sample-index.ts'
import { type BufferPool, bufferPool } from './buffer-pool.ts'
import type { MediaReader } from './media-reader.ts'
import type { MediaRights } from './media-rights.ts'

/** Sources of bytes, rights and AES. */
export interface PackagerPorts {
  readonly reader: MediaReader
  readonly rights: MediaRights
  readonly aes: Aes
}

/** The same with caches; keys are object keys of the media bucket. */
export interface PackagerState extends PackagerPorts {
  readonly placements: Cache<Placement>
  /** Clear init segments of protected content. */
  readonly inits: Cache<Uint8Array>
  readonly directories: Cache<ReadonlyMap<string, DirectoryEntry>>
  readonly buffers: BufferPool
}

/** Limit in bytes of placements and directories: some hundreds of films. */
const maxCacheBytes = 32 * 2 ** 20
/** Limit in bytes of sample buffers: one long segment, or several in parallel. */
const maxSampleBytes = 24 * 2 ** 20

/** A state with empty caches. */
export const packagerState = (ports: PackagerPorts): PackagerState => ({
  ...ports,
  placements: new Cache({ maxWeight: maxCacheBytes / 4 }),
  inits: new Cache({ maxWeight: maxCacheBytes / 8 }),
  directories: new Cache({ maxWeight: maxCacheBytes }),
  buffers: bufferPool(maxSampleBytes),
})
