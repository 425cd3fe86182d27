/**
 * Reads timelines straight over HTTPS with signed requests: at the edge there is no room for the SDK, and the
 * regional function shares the code. What a key names never changes, so a warm environment keeps it.
 */
import { HeadendError } from '../errors.ts'
import { type AwsCredentials, encodePath, signedHeaders } from '../platform/sigv4.ts'
import type { TimelineReader } from './read.ts'

/** Where the timelines are and who reads them. */
export interface StoreOptions {
  readonly mediaBucket: string
  readonly indexTable: string
  readonly region: string
  readonly credentials: () => AwsCredentials
  readonly now: () => number
  /** One endpoint for all services, as AWS_ENDPOINT_URL names it; AWS's own where absent. */
  readonly endpoint?: string
}

/** Characters of manifest parts kept in a warm environment: some dozens of films. */
const keptCharacters = 16 * 2 ** 20

/** A reader over S3 and DynamoDB. */
export function timelineStore(options: StoreOptions): TimelineReader {
  const kept = new Map<string, string>()
  let size = 0
  const keep = (key: string, text: string) => {
    // Two who asked at once both bring it: counted twice, the room would shrink for good.
    if (kept.has(key)) return
    kept.set(key, text)
    size += text.length
    for (const [oldest, value] of kept) {
      if (size <= keptCharacters) break
      kept.delete(oldest)
      size -= value.length
    }
  }
  return {
    async current(timelineId) {
      const body = JSON.stringify({
        TableName: options.indexTable,
        Key: { pk: { S: timelineId }, sk: { S: 'asset' } },
        ProjectionExpression: '#v, #p',
        ExpressionAttributeNames: { '#v': 'version', '#p': 'protection' },
      })
      const response = await send(options, 'dynamodb', {
        path: '/',
        body,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'DynamoDB_20120810.GetItem',
        },
      })
      if (!response.ok) throw await upstream('DynamoDB GetItem', response)
      const { Item } = (await response.json()) as { Item?: IndexRow }
      const version = Item?.version?.S
      const protection = Item?.protection?.S
      return version === undefined ? undefined : { version, ...(protection && { protection }) }
    },
    async object(key) {
      const known = kept.get(key)
      if (known !== undefined) return known
      const response = await send(options, 's3', { path: `/${options.mediaBucket}/${encodePath(key)}` })
      if (response.status === 404) return undefined
      if (!response.ok) throw await upstream(`S3 GetObject ${key}`, response)
      const text = await response.text()
      keep(key, text)
      return text
    },
  }
}

interface IndexRow {
  readonly version?: { readonly S?: string }
  readonly protection?: { readonly S?: string }
}

interface Call {
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function send(options: StoreOptions, service: 's3' | 'dynamodb', call: Call): Promise<Response> {
  const { region } = options
  const base = new URL(options.endpoint ?? `https://${service}.${region}.amazonaws.com`)
  const method = call.body === undefined ? 'GET' : 'POST'
  const body = call.body ?? ''
  const headers = signedHeaders(
    { method, host: base.host, path: call.path, query: '', headers: call.headers ?? {}, body },
    { service, region, credentials: options.credentials(), nowMs: options.now() },
  )
  return fetch(new URL(call.path, base), { method, headers, ...(body && { body }) })
}

/** AWS said no: ours to mend, never the viewer's; the body may name a role but holds no secret. */
async function upstream(what: string, response: Response): Promise<HeadendError> {
  const text = (await response.text()).slice(0, 500)
  return new HeadendError('DELIVERY_UPSTREAM', `${what}: expected 200, got ${response.status} ${text}`, {
    status: 502,
  })
}
