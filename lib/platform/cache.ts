/** An in-memory cache that a warm function keeps between requests, bounded in weight and age. */

/** Returns a value, loaded on demand and at most `maxAgeMs` old; without it, the cache's own limit applies. */
export type Cached<Value> = (maxAgeMs?: number) => Promise<Value>

/**
 * A cached single value, reloaded once it is older than `forMs`. Concurrent callers share a load; a failed one is not
 * kept.
 */
export function cached<Value>(forMs: number, now: () => number, load: () => Promise<Value>): Cached<Value> {
  const cache = new Cache<Value>({ maxWeight: 1, maxAgeMs: forMs, now })
  return (maxAgeMs) => cache.get('', async () => ({ value: await load() }), maxAgeMs)
}

/** The bounds of a cache. */
export interface CacheLimits {
  /** Total weight of all values, in the unit of `Loaded.weight`. */
  readonly maxWeight: number
  /** @default values stay as long as there is room */
  readonly maxAgeMs?: number
  /** The clock for `maxAgeMs`. @default Date.now */
  readonly now?: () => number
}

/** A value and its share of `maxWeight`. */
export interface Loaded<Value> {
  readonly value: Value
  /** @default 1: the cache counts values */
  readonly weight?: number
}

interface Entry<Value> {
  readonly value: Promise<Value>
  readonly sinceMs: number
  weight: number
}

/** A least-recently-used cache; concurrent callers of a key share its load, and failed loads are not kept. */
export class Cache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #limits: Required<CacheLimits>
  #weight = 0

  constructor({ maxWeight, maxAgeMs = Number.POSITIVE_INFINITY, now = Date.now }: CacheLimits) {
    this.#limits = { maxWeight, maxAgeMs, now }
  }

  /** The value of `key`, loaded if missing or older than `maxAgeMs`. Rejects as `load` does. */
  async get(
    key: string,
    load: () => Promise<Loaded<Value>>,
    maxAgeMs: number = this.#limits.maxAgeMs,
  ): Promise<Value> {
    const sinceMs = this.#limits.now()
    const known = this.#entries.get(key)
    if (known && sinceMs - known.sinceMs < maxAgeMs) {
      // Moved to the end: the first entry is the least recently used one.
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known.value
    }
    this.delete(key)
    const loading = load()
    const entry: Entry<Value> = { value: loading.then(({ value }) => value), sinceMs, weight: 0 }
    this.#entries.set(key, entry)
    // Prevents an unhandled rejection when no other caller is waiting.
    entry.value.catch(() => undefined)
    try {
      const { weight = 1 } = await loading
      if (this.#entries.get(key) === entry) this.#add(entry, weight)
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      throw error
    }
    return entry.value
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }

  #add(entry: Entry<Value>, weight: number): void {
    entry.weight = weight
    this.#weight += weight
    for (const [key, oldest] of this.#entries) {
      if (this.#weight <= this.#limits.maxWeight) break
      if (oldest === entry) continue
      this.#weight -= oldest.weight
      this.#entries.delete(key)
    }
  }
}
