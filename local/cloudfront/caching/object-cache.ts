/** Objects in memory, the least recently used going first when there are too many bytes. */

import type { Headers } from '../message.ts'
import type { Freshness } from './freshness.ts'
import type { Spool } from './spool.ts'

/** A response as the cache keeps it and shares it. */
export interface StoredObject {
  /** Path and query that invalidations are matched with. */
  readonly target: string
  readonly status: number
  readonly headers: Headers
  readonly body: Spool
  readonly freshness: Freshness
  /** When it was fetched or last found unchanged. */
  readonly storedAtMs: number
  /** Age it had then. */
  readonly ageSeconds: number
}

/** What headers and key cost beside the body. */
const overheadBytes = 1024

export class ObjectCache {
  readonly #objects = new Map<string, StoredObject>()
  readonly #limitBytes: number
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get(key: string): StoredObject | undefined {
    const found = this.#objects.get(key)
    if (found === undefined) return undefined
    this.#objects.delete(key)
    this.#objects.set(key, found)
    return found
  }

  set(key: string, object: StoredObject): void {
    this.delete(key)
    this.#objects.set(key, object)
    this.#bytes += object.body.bytes + overheadBytes
    for (const [oldest] of this.#objects) {
      if (this.#bytes <= this.#limitBytes) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const found = this.#objects.get(key)
    if (found === undefined) return
    this.#objects.delete(key)
    this.#bytes -= found.body.bytes + overheadBytes
  }

  /** Drops what matches one of the paths (`/vod/film/*`). */
  invalidate(paths: readonly string[]): void {
    for (const [key, { target }] of this.#objects) {
      if (paths.some((path) => isUnder(path, target))) this.delete(key)
    }
  }
}

/** A star stands for anything at the end of a path alone; elsewhere it is a star. */
const isUnder = (path: string, target: string): boolean =>
  path.endsWith('*') ? target.startsWith(path.slice(0, -1)) : target === path

/** How fresh an object is now. */
export function stateOf(
  { freshness, storedAtMs }: StoredObject,
  nowMs: number,
): 'fresh' | 'stale-while-revalidate' | 'stale' {
  const pastSeconds = (nowMs - storedAtMs) / 1000 - freshness.ttlSeconds
  if (pastSeconds < 0) return 'fresh'
  return pastSeconds < freshness.staleWhileRevalidateSeconds ? 'stale-while-revalidate' : 'stale'
}

/** A stale object stands in for an origin that fails, unless the origin forbade it. */
export function standsInForError({ freshness, storedAtMs, status }: StoredObject, nowMs: number): boolean {
  if (status >= 400) return false
  if (freshness.staleIfErrorSeconds === undefined) return true
  const pastSeconds = (nowMs - storedAtMs) / 1000 - freshness.ttlSeconds
  return pastSeconds < freshness.staleIfErrorSeconds
}
