/** The local CloudFront KeyValueStore: the data plane behind the endpoint, and what CloudFront Functions read. */

import { jsonFault, parseJsonBody, readBody, sendJson } from '../aws-json.ts'

import { createFaults, type Faults, type FaultWords, suffer } from '../faults/index.ts'
import { isRecord, records, text } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService, ConnectionReset } from '../service.ts'

import { answerRest } from './operations.ts'
import { openStores } from './stores.ts'

const contentType = 'application/json'
const maxBytes = 3 * 1024 * 1024
/** How long a write may take to every edge: "a few seconds" (CloudFront Developer Guide). */
const staleMs = 5000

const words: FaultWords = {
  throttle: () => new AwsFault('ThrottlingException', 'Rate exceeded', 429),
  internal: () => new AwsFault('InternalServerException', 'Internal server error', 500),
}

export interface KeyValueStoreOptions {
  /** The file of the journal. */
  readonly path: string
  readonly authorize: Authorize
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** What goes wrong. @default nothing */
  readonly faults?: Faults
}

export interface KeyValueStores extends AwsService {
  /** Makes a store, with what an import source has; one that is there keeps what it holds. */
  createStore(name: string, arn: string, importSource?: string): Promise<void>
  /**
   * What a function associated with the store reads, by the store's name or ARN: as it is now, unless a fault says that
   * writes arrive later or that reading fails. Throws whatever the runtime would for anything but a value or its lack.
   */
  values(nameOrArn: string): { get(key: string): string | undefined; count(): number }
}

export async function createKeyValueStores(options: KeyValueStoreOptions): Promise<KeyValueStores> {
  const { path, authorize, now = Date.now, faults = createFaults() } = options
  const stores = await openStores(path, now)

  return {
    name: 'cloudfront-keyvaluestore',
    async handle(request, response, caller) {
      try {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1')
        const { body, etag } = await answerRest(stores, authorize, {
          method: request.method ?? 'GET',
          path: url.pathname,
          query: url.searchParams,
          ifMatch: request.headers['if-match'],
          input: parseJsonBody(await readBody(request, maxBytes)),
          caller,
          suffer: (operation, arn, key) => {
            const resource = stores.find(arn)?.name ?? arn
            return suffer(faults, { service: 'cloudfront-keyvaluestore', operation, resource, key }, words)
          },
        })
        sendJson(response, { status: 200, body, contentType, ...(etag && { headers: { etag } }) })
      } catch (error) {
        if (error instanceof ConnectionReset) {
          response.destroy()
          return
        }
        const { code, status, message } = jsonFault(error, 403)
        sendJson(response, {
          status,
          body: { Message: message },
          contentType,
          headers: { 'x-amzn-errortype': code },
        })
      }
    },
    createStore: (name, arn, importSource) =>
      stores.create(name, arn, importSource === undefined ? [] : importedEntries(importSource)),
    values(nameOrArn) {
      const store = stores.get(nameOrArn)
      const call = { service: 'cloudfront-keyvaluestore', operation: 'edge', resource: store.name }
      return {
        get(key) {
          const rule = faults.meet({ ...call, key })
          if (rule === undefined) return store.get(key)
          if (rule.kind === 'stale') return store.getAsOf(key, now() - (rule.delayMs ?? staleMs))
          throw new Error(rule.kind === 'throttle' ? 'Rate exceeded' : 'Internal error')
        },
        count: () => store.count,
      }
    },
    close: () => stores.close(),
  }
}

/** An import source: `{"data":[{"key":"a","value":"b"}]}`. */
function importedEntries(source: string): { readonly key: string; readonly value: string }[] {
  const json: unknown = JSON.parse(source)
  if (!isRecord(json)) throw new TypeError('an import source is an object with a list "data"')
  return records(json, 'data').map((entry) => ({ key: text(entry, 'key'), value: text(entry, 'value') }))
}
