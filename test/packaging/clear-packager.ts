/** A packager of content that nobody protects. */
import { type Packager, packagerOf } from '../../lib/packaging/media.ts'
import type { MediaReader } from '../../lib/packaging/media-reader.ts'
import type { MediaRights } from '../../lib/packaging/media-rights.ts'
import { nodeAes } from '../../lib/platform/aes.ts'

const nothingProtected: MediaRights = {
  of: () => Promise.resolve(undefined),
  key: () => Promise.reject(new Error('nothing is protected')),
}

export const clearPackager = (reader: MediaReader): Packager =>
  packagerOf({ reader, rights: nothingProtected, aes: nodeAes })
