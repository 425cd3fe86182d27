/** Keys of periods as licences read them: the same few for every viewer of a title. */

import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { KeyRecord } from './content-key.ts'
import type { KeyStore } from './store.ts'

/** A key store that remembers ranges for seconds. */
export interface CachedRanges {
  readonly keyStore: KeyStore
  /** A key of the content became known that may not be in what is kept. */
  readonly forget: (contentId: ContentId) => void
}

const ttlMs = 5000
const maxRanges = 5000

/** A key never changes; another may come to a range, so it is not kept for long, and where it is empty not at all. */
export function cachedRanges(keyStore: KeyStore, now: () => number): CachedRanges {
  const kept = new Cache<KeyRecord[]>({ maxWeight: maxRanges, maxAgeMs: ttlMs, now })
  // Names the state of a content's keys: what was kept of another one is not asked for again.
  const turns = new Map<string, number>()
  return {
    keyStore: {
      ...keyStore,
      async range(name, from, to) {
        const { contentId, label } = name
        const key = JSON.stringify([contentId, label, from, to, turns.get(contentId)])
        const records = await kept.get(key, async () => ({ value: await keyStore.range(name, from, to) }))
        if (records.length === 0) kept.delete(key)
        return records
      },
    },
    forget(contentId) {
      turns.set(contentId, (turns.get(contentId) ?? 0) + 1)
    },
  }
}
