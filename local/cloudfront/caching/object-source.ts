/**
 * Where a behaviour's objects come from: the cache, a fetch somebody else is waiting for, or a fetch of its own.
 * Requests for the same key at the same time become one fetch whose bytes go to all of them as they arrive.
 */

import type { Functions, Log } from '../../lambda/index.ts'
import type { Behaviour, ErrorResponse, Origin } from '../config.ts'
import { EdgeFault } from '../edge-lambda/edge-fault.ts'
import { type EdgeRequest, headerOf, withHeaders } from '../message.ts'
import { type OriginAnswer, type OriginClient, OriginUnavailable } from '../origin-client.ts'
import { fetchFromOrigin, made } from '../origin-fetch.ts'
import type { ViewerContext } from '../viewer-function/viewer-function.ts'
import { ageOf, type Freshness, freshnessOf } from './freshness.ts'
import { ObjectCache, type StoredObject, standsInForError, stateOf } from './object-cache.ts'
import { Spool } from './spool.ts'
import type { Tally } from './tally.ts'

export type CacheResult = 'Hit' | 'RefreshHit' | 'Miss' | 'Error'

export interface Found {
  readonly object: StoredObject
  readonly result: CacheResult
  /** An edge function that failed on the way. */
  readonly fault?: EdgeFault
}

export interface Wanted {
  /** Undefined for what is never cached: other methods than GET, HEAD and OPTIONS. */
  readonly key: string | undefined
  readonly request: EdgeRequest
  readonly behaviour: Behaviour
  readonly origin: Origin
  readonly context: ViewerContext
  readonly tally: Tally
}

export interface ObjectSourceOptions {
  readonly cacheBytes: number
  readonly functions: Functions
  readonly client: OriginClient
  readonly errorResponses: readonly ErrorResponse[]
  readonly log: Log
  readonly now: () => number
}

/** Larger bodies are passed through: a ranged request is then answered by the origin. */
const largestKeptBytes = 64 * 1024 * 1024

interface Flight {
  readonly head: Promise<Found>
}

export class ObjectSource {
  readonly #cache: ObjectCache
  readonly #flights = new Map<string, Flight>()
  readonly #options: ObjectSourceOptions

  constructor(options: ObjectSourceOptions) {
    this.#options = options
    this.#cache = new ObjectCache(options.cacheBytes)
  }

  invalidate(paths: readonly string[]): void {
    this.#cache.invalidate(paths)
  }

  async get(wanted: Wanted): Promise<Found> {
    const { key, tally, behaviour, request } = wanted
    if (key === undefined) {
      tally.misses++
      return this.#fetch(wanted, undefined, {})
    }
    const stored = this.#cache.get(key)
    const state = stored === undefined ? 'stale' : stateOf(stored, this.#options.now())
    if (stored !== undefined && state !== 'stale') {
      tally.hits++
      // The viewer does not wait for the refresh, and one refresh is enough.
      if (state === 'stale-while-revalidate' && !this.#flights.has(key)) void this.#fly(wanted, key, stored)
      return { object: stored, result: 'Hit' }
    }
    // A fetch for HEAD has no body that others could use.
    const collapses =
      request.method !== 'HEAD' && behaviour.cachePolicy.maxTtlSeconds > 0 && !forwardsCookies(behaviour)
    const flight = collapses ? this.#flights.get(key) : undefined
    if (flight !== undefined) {
      const found = await flight.head
      if (found.object.freshness.shareable && found.object.body.kept) {
        tally.collapsed++
        return found.result === 'Miss' ? { ...found, result: 'Hit' } : found
      }
    }
    tally.misses++
    const found = await (collapses && flight === undefined
      ? this.#fly(wanted, key, stored)
      : this.#fetch(wanted, stored, {}))
    return this.#inRange(wanted, found)
  }

  /** Fetches for everybody who asks from now until the last byte. */
  #fly(wanted: Wanted, key: string, stored: StoredObject | undefined): Promise<Found> {
    const head = this.#fetch(wanted, stored, {})
    const flight: Flight = { head }
    this.#flights.set(key, flight)
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    head.then(({ object }) => object.body.done()).then(land, land)
    return head
  }

  /** A range of a body too large to keep is left to the origin. */
  async #inRange(wanted: Wanted, found: Found): Promise<Found> {
    const { object } = found
    const range = headerOf(wanted.request.headers, 'range')
    const bytes = Number(headerOf(object.headers, 'content-length') ?? 0)
    if (range === undefined || bytes <= largestKeptBytes || object.status !== 200) return found
    return this.#fetch({ ...wanted, key: undefined }, undefined, { range })
  }

  async #fetch(
    wanted: Wanted,
    stored: StoredObject | undefined,
    conditions: Readonly<Record<string, string | undefined>>,
  ): Promise<Found> {
    const { client, functions } = this.#options
    const revalidation = stored === undefined ? {} : validators(stored)
    try {
      const answer = await fetchFromOrigin(
        { functions, client },
        { ...wanted, conditions: { ...conditions, ...revalidation } },
      )
      if (answer.status === 304 && stored !== undefined && wanted.key !== undefined) {
        answer.body.resume()
        return { object: this.#renew(wanted, wanted.key, { stored, answer }), result: 'RefreshHit' }
      }
      if (answer.status >= 500 && stored !== undefined && standsInForError(stored, this.#options.now())) {
        answer.body.resume()
        return this.#standIn(wanted, stored)
      }
      return { object: this.#take(wanted, answer), result: answer.status >= 400 ? 'Error' : 'Miss' }
    } catch (error) {
      return this.#failed(wanted, stored, error)
    }
  }

  #failed(wanted: Wanted, stored: StoredObject | undefined, error: unknown): Found {
    this.#report(wanted, error)
    if (error instanceof EdgeFault) {
      return {
        object: this.#take(wanted, errorAnswer(error.status, error.message)),
        result: 'Error',
        fault: error,
      }
    }
    if (stored !== undefined && standsInForError(stored, this.#options.now()))
      return this.#standIn(wanted, stored)
    const status = error instanceof OriginUnavailable ? error.status : 502
    return {
      object: this.#take(wanted, errorAnswer(status, 'CloudFront could not reach the origin.')),
      result: 'Error',
    }
  }

  /** The origin is asked again when the time for a cached error is over. */
  #standIn(wanted: Wanted, stored: StoredObject): Found {
    const pauseSeconds = this.#freshnessOf(wanted, errorAnswer(503, '')).ttlSeconds
    const storedAtMs = this.#options.now() - (stored.freshness.ttlSeconds - pauseSeconds) * 1000
    const object = { ...stored, storedAtMs: Math.max(storedAtMs, stored.storedAtMs) }
    if (wanted.key !== undefined) this.#cache.set(wanted.key, object)
    return { object: stored, result: 'Hit' }
  }

  #renew(
    wanted: Wanted,
    key: string,
    { stored, answer }: { readonly stored: StoredObject; readonly answer: OriginAnswer },
  ): StoredObject {
    const { etag: _etag, 'content-length': _length, ...fresh } = answer.headers
    const headers = { ...stored.headers, ...fresh }
    const object: StoredObject = {
      ...stored,
      headers,
      freshness: this.#freshnessOf(wanted, { ...answer, headers, status: stored.status }),
      storedAtMs: this.#options.now(),
      ageSeconds: ageOf(answer.headers),
    }
    if (object.freshness.ttlSeconds > 0) this.#cache.set(key, object)
    else this.#cache.delete(key)
    return object
  }

  /** Begins to spool the answer and puts it into the cache when it is complete. */
  #take(wanted: Wanted, answer: OriginAnswer): StoredObject {
    const { key, request } = wanted
    const freshness = this.#freshnessOf(wanted, answer)
    const declared = Number(headerOf(answer.headers, 'content-length') ?? 0)
    const storable =
      key !== undefined && request.method !== 'HEAD' && answer.status !== 206 && declared <= largestKeptBytes
    const object: StoredObject = {
      target: request.querystring === '' ? request.uri : `${request.uri}?${request.querystring}`,
      status: answer.status,
      headers: answer.headers,
      body: new Spool({ kept: storable && (freshness.ttlSeconds > 0 || freshness.shareable) }),
      freshness,
      storedAtMs: this.#options.now(),
      ageSeconds: ageOf(answer.headers),
    }
    // In the cache before the last reader hears of the end: whoever asks next finds it.
    void spoolInto(object.body, answer, () => {
      if (key === undefined || !storable || !object.body.kept) return
      if (freshness.ttlSeconds > 0 || freshness.staleWhileRevalidateSeconds > 0)
        this.#cache.set(key, sized(object))
    })
    return object
  }

  #freshnessOf({ behaviour }: Wanted, { status, headers }: OriginAnswer): Freshness {
    const { errorResponses } = this.#options
    return freshnessOf({
      status,
      headers,
      policy: behaviour.cachePolicy,
      errorResponses,
      nowMs: this.#options.now(),
    })
  }

  #report({ tally, context, request }: Wanted, error: unknown): void {
    tally.errors++
    this.#options.log({
      time: new Date().toISOString(),
      level: 'ERROR',
      source: 'cloudfront',
      requestId: context.requestId,
      message: error instanceof Error ? error.message : String(error),
      detail: { uri: request.uri },
    })
  }
}

/** Moves the body from the origin into the spool, at the pace of its readers when it is not kept. */
async function spoolInto(body: Spool, answer: OriginAnswer, complete: () => void): Promise<void> {
  try {
    for await (const chunk of answer.body) {
      if (!(chunk instanceof Uint8Array)) continue
      body.append(chunk)
      if (body.bytes > largestKeptBytes && body.kept) body.unkeep()
      await body.room()
      if (body.abandoned) return
    }
    complete()
    body.finish()
  } catch (error) {
    body.fail(error)
  } finally {
    answer.body.destroy()
  }
}

/** A complete object knows its length, whether the origin said it or not. */
function sized(object: StoredObject): StoredObject {
  return { ...object, headers: withHeaders(object.headers, { 'content-length': String(object.body.bytes) }) }
}

function validators({ headers, status }: StoredObject): Record<string, string | undefined> {
  if (status !== 200) return {}
  return {
    'if-none-match': headerOf(headers, 'etag'),
    'if-modified-since': headerOf(headers, 'last-modified'),
  }
}

function errorAnswer(status: number, message: string): OriginAnswer {
  const body = Buffer.from(
    `<html><body><h1>${status} ERROR</h1><p>${message.replaceAll('<', '&lt;')}</p></body></html>`,
  )
  return made(status, { 'content-type': ['text/html'] }, body)
}

/** Cookies that go to the origin switch collapsing off. */
function forwardsCookies({ cachePolicy, originRequestPolicy }: Behaviour): boolean {
  return cachePolicy.cookies.kind !== 'none' || (originRequestPolicy?.cookies.kind ?? 'none') !== 'none'
}
