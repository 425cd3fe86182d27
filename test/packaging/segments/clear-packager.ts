/** A packager of content that nobody protects. */

import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import type { MediaRights } from '../../../lib/packaging/segments/media-rights.ts'
import { createPackager, type Packager } from '../../../lib/packaging/segments/packager.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'

const nothingProtected: MediaRights = {
  of: () => Promise.resolve(undefined),
  key: () => Promise.reject(new Error('nothing is protected')),
}

export const clearPackager = (reader: MediaReader): Packager =>
  createPackager({ reader, rights: nothingProtected, aes: nodeAes })
