/** A packager of content that is protected with one key, which is at hand. */

import type { MediaReader } from '../../../lib/packaging/segments/media-reader.ts'
import type { MediaKey } from '../../../lib/packaging/segments/media-rights.ts'
import { createPackager, type Packager } from '../../../lib/packaging/segments/packager.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'

/** Both schemes, one key for all tracks and all time. */
export const sealedPackager = (reader: MediaReader, key: MediaKey): Packager =>
  createPackager({
    reader,
    aes: nodeAes,
    rights: {
      of: async () => ({
        schemes: ['cenc', 'cbcs'],
        sharing: 'shared',
        period: () => ({ from: 0, to: Number.POSITIVE_INFINITY }),
      }),
      key: async () => key,
    },
  })
