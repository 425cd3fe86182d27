/** A packager of content that is protected with one key, which is at hand. */
import { type Packager, packagerOf } from '../../lib/packaging/media.ts'
import type { MediaReader } from '../../lib/packaging/media-reader.ts'
import type { MediaKey } from '../../lib/packaging/media-rights.ts'
import { nodeAes } from '../../lib/platform/aes.ts'

/** Both schemes, one key for all tracks and all time. */
export const sealedPackager = (reader: MediaReader, key: MediaKey): Packager =>
  packagerOf({
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
