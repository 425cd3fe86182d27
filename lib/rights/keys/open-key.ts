/** Content keys taken out of their wrapping, and kept open for a few minutes: for the packager and for licences. */
import { HeadendError } from '../../errors.ts'
import { hexBytes } from '../../formats/uuid.ts'
import { Cache } from '../../platform/cache.ts'
import type { KeyName, KeyRecord } from './content-key.ts'

/** A content key, open: never to be logged, stored or put in a URL. */
export interface ContentKey {
  readonly kid: string
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of cbcs, 16 bytes. */
  readonly iv: Uint8Array
}

/** What opening takes. */
export interface KeyOpenerOptions {
  readonly keyStore: {
    find(name: KeyName): Promise<KeyRecord | undefined>
    /** The key of a record; KMS refuses where the record is not what it was wrapped for. */
    unwrap(record: KeyRecord): Promise<Uint8Array>
  }
  readonly now: () => number
  /** @default 1000 */
  readonly maxKept?: number
  /** @default five minutes */
  readonly ttlMs?: number
}

/** Opens keys. */
export interface KeyOpener {
  /** The key of a name; throws KEY_UNKNOWN (404) where none was made. */
  open(name: KeyName): Promise<ContentKey>
  /** The key of a record that was read. */
  unwrap(record: KeyRecord): Promise<ContentKey>
}

/**
 * An opener with what it keeps, bounded in number and age: a packager asks for one key a thousand times, and what is
 * kept long outlives a grant that was taken away. Who ask at once share one call, and failures are not kept.
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
