/** Cached reads of key ranges for licences: every viewer of a title needs the same few keys. */

import { Cache } from '../../platform/cache.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { KeyRecord } from './content-key.ts'
import type { KeyStore } from './store.ts'

/** A key store that caches ranges for a few seconds. */
export interface CachedRanges {
  readonly keyStore: KeyStore
  /** Invalidates a content item's cached ranges: it has a key they may lack. */
  readonly forget: (contentId: ContentId) => void
}

const ttlMs = 5000
const maxRanges = 5000

/** A key never changes, but a range may gain keys: ranges are cached briefly, and empty ones not at all. */
export function cachedRanges(keyStore: KeyStore, now: () => number): CachedRanges {
  const kept = new Cache<KeyRecord[]>({ maxWeight: maxRanges, maxAgeMs: ttlMs, now })
  // Generation of each content item's keys, part of the cache key: entries of an earlier generation are never read
  // again.
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
