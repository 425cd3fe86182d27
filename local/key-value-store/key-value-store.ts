/** The local CloudFront KeyValueStore: the data plane behind the endpoint, and what CloudFront Functions read. */
import { jsonFault, parseJsonBody, readBody, sendJson } from '../aws-json.ts'
import type { Authorize, AwsService } from '../service.ts'
import { answerRest } from './operations.ts'
import { openStores } from './stores.ts'

const contentType = 'application/json'
const maxBytes = 3 * 1024 * 1024

export interface KeyValueStoreOptions {
  /** The file of the journal. */
  readonly path: string
  readonly authorize: Authorize
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

export interface KeyValueStores extends AwsService {
  /** Makes a store; one that is there keeps what it holds. */
  createStore(name: string, arn: string): Promise<void>
  /** What a function associated with the store reads, by the store's name or ARN; always as it is now. */
  values(nameOrArn: string): { get(key: string): string | undefined; count(): number }
}

export async function createKeyValueStores(options: KeyValueStoreOptions): Promise<KeyValueStores> {
  const { path, authorize, now = Date.now } = options
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
        })
        sendJson(response, { status: 200, body, contentType, ...(etag && { headers: { etag } }) })
      } catch (error) {
        const { code, status, message } = jsonFault(error, 403)
        sendJson(response, {
          status,
          body: { Message: message },
          contentType,
          headers: { 'x-amzn-errortype': code },
        })
      }
    },
    createStore: (name, arn) => stores.create(name, arn),
    values(nameOrArn) {
      const store = stores.get(nameOrArn)
      return { get: (key) => store.get(key), count: () => store.count }
    },
    close: () => stores.close(),
  }
}
