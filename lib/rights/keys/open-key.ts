/** Decrypts content keys and caches them for a few minutes, for the packager and for licences. */
import { HeadendError } from '../../errors.ts'
import { hexBytes } from '../../formats/uuid.ts'
import { Cache } from '../../platform/cache.ts'
import type { KeyName, KeyRecord } from './content-key.ts'

/** A content key in the clear: never log it, store it or put it in a URL. */
export interface ContentKey {
  readonly kid: string
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of cbcs, 16 bytes. */
  readonly iv: Uint8Array
}

/** Dependencies and limits of a key opener. */
export interface KeyOpenerOptions {
  readonly keyStore: {
    find(name: KeyName): Promise<KeyRecord | undefined>
    /** Decrypts a record's key; KMS refuses a record that differs from what the key was wrapped for. */
    unwrap(record: KeyRecord): Promise<Uint8Array>
  }
  readonly now: () => number
  /** @default 1000 */
  readonly maxKept?: number
  /** @default five minutes */
  readonly ttlMs?: number
}

/** Decrypts keys. */
export interface KeyOpener {
  /** The key of a name; throws KEY_UNKNOWN (404) if it does not exist. */
  open(name: KeyName): Promise<ContentKey>
  /** The key of a record already read. */
  unwrap(record: KeyRecord): Promise<ContentKey>
}

/**
 * A key opener with a cache bounded in size and age: a packager needs one key a thousand times, and a long-lived entry
 * would outlive a revoked grant. Concurrent requests share one call; failures are not cached.
 */
export function keyOpener(tools: KeyOpenerOptions): KeyOpener {
  const { keyStore, now, maxKept = 1000, ttlMs = 5 * 60_000 } = tools
  const kept = new Cache<ContentKey>({ maxWeight: maxKept, maxAgeMs: ttlMs, now })
  const once = (name: string, load: () => Promise<ContentKey>): Promise<ContentKey> =>
    kept.get(name, async () => ({ value: await load() }))
  const opened = async (record: KeyRecord): Promise<ContentKey> => ({
    kid: record.kid,
    key: await keyStore.unwrap(record),
    iv: hexBytes(record.iv, 'iv'),
  })
  return {
    open: (name) =>
      once(JSON.stringify([name.contentId, name.period, name.label]), async () => {
        const record = await keyStore.find(name)
        if (!record)
          throw new HeadendError(
            'KEY_UNKNOWN',
            `${name.contentId} ${name.label} period ${name.period}: no such key was made`,
            { status: 404 },
          )
        return opened(record)
      }),
    unwrap: (record) => once(JSON.stringify([record.contentId, record.kid]), () => opened(record)),
  }
}
