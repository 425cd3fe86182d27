/**
 * Reads timelines over HTTPS with signed requests and without the SDK, which is too large for the edge; the regional
 * function shares the code. An object never changes under its key, so a warm environment caches it.
 */
import {
  decodePublished,
  type PublishedWire,
  publishedRead,
  publishedReads,
  type WireKey,
} from '../assets/published/index.ts'
import { HeadendError } from '../errors.ts'
import { isBusyAnswer } from '../platform/aws/busy.ts'
import { type AwsCredentials, encodePath, signedHeaders } from '../platform/aws/sigv4.ts'
import { Cache } from '../platform/cache.ts'
import { again, type Pauses, untilDone } from '../platform/retry.ts'
import type { CurrentTimeline, TimelineReader } from './read.ts'

/** Location of the timelines, credentials and limits. */
export interface StoreOptions {
  readonly mediaBucket: string
  readonly indexTable: string
  readonly region: string
  readonly credentials: () => AwsCredentials
  readonly now: () => number
  /** One endpoint for all services, as in AWS_ENDPOINT_URL; absent: AWS's own. */
  readonly endpoint?: string
  /** @default real ones */
  readonly pauses?: Pauses
  /** Timeout of one try. @default 2000 */
  readonly tryMs?: number
}

/**
 * A manifest takes three reads in sequence (row, head, pages), so that three tries of 2 s each and the pauses between
 * them end within the edge function's 20 s.
 */
const maxTries = 3
const defaultTryMs = 2000

/** Characters of manifest parts cached in a warm environment: some dozens of assets. */
const keptCharacters = 16 * 2 ** 20

/** A reader over S3 and DynamoDB. */
export function timelineStore(options: StoreOptions): TimelineReader {
  const kept = new Cache<string | undefined>({ maxWeight: keptCharacters })
  return {
    async current(timelineId) {
      const body = JSON.stringify({
        TableName: options.indexTable,
        ...publishedRead(timelineId),
      })
      const response = await send(options, 'dynamodb', {
        path: '/',
        body,
        headers: dynamodbHeaders('GetItem'),
      })
      if (response.status !== 200) throw upstream('DynamoDB GetItem', response)
      return decodePublished((JSON.parse(response.text) as { Item?: PublishedWire }).Item)
    },
    async object(key) {
      const text = await kept.get(key, async () => {
        const response = await send(options, 's3', { path: `/${options.mediaBucket}/${encodePath(key)}` })
        // A missing bucket (404 too) does not mean that the object does not exist.
        if (response.status === 404 && !response.text.includes('NoSuchBucket')) return { value: undefined }
        if (response.status !== 200) throw upstream(`S3 GetObject ${key}`, response)
        return { value: response.text, weight: response.text.length }
      })
      // A missing object may appear later.
      if (text === undefined) kept.delete(key)
      return text
    },
  }
}

/** DynamoDB's limit for one BatchGetItem. */
const maxRows = 100

/**
 * Reads the publications of several content items at once, omitting unpublished ones. DynamoDB returns only a part
 * while a partition is busy: throws DELIVERY_BUSY (503) if it never returned the rest.
 */
export function indexRows(
  options: StoreOptions,
): (ids: readonly string[]) => Promise<ReadonlyMap<string, CurrentTimeline>> {
  const { indexTable, pauses } = options
  return async (ids) => {
    const found = new Map<string, CurrentTimeline>()
    for (let from = 0; from < ids.length; from += maxRows) {
      let left: readonly WireKey[] = ids.slice(from, from + maxRows).map((id) => publishedRead(id).Key)
      await untilDone(
        async () => {
          const { Responses, UnprocessedKeys } = await batchOf(options, left)
          for (const row of Responses?.[indexTable] ?? []) {
            const current = decodePublished(row)
            if (row.pk?.S !== undefined && current) found.set(row.pk.S, current)
          }
          left = UnprocessedKeys?.[indexTable]?.Keys ?? []
          return left.length > 0 ? again : true
        },
        {
          most: maxTries,
          exhausted: () =>
            new HeadendError('DELIVERY_BUSY', `dynamodb: expected all rows, got all but ${left.length}`, {
              status: 503,
            }),
          ...(pauses && { pauses }),
        },
      )
    }
    return found
  }
}

interface BatchAnswer {
  readonly Responses?: Readonly<Record<string, readonly PublishedWire[]>>
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly WireKey[] }>>
}

async function batchOf(options: StoreOptions, keys: readonly WireKey[]): Promise<BatchAnswer> {
  const asked = publishedReads(keys)
  const response = await send(options, 'dynamodb', {
    path: '/',
    body: JSON.stringify({ RequestItems: { [options.indexTable]: asked } }),
    headers: dynamodbHeaders('BatchGetItem'),
  })
  if (response.status !== 200) throw upstream('DynamoDB BatchGetItem', response)
  return JSON.parse(response.text) as BatchAnswer
}

const dynamodbHeaders = (action: string): Record<string, string> => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${action}`,
})

interface Call {
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A service's complete response. */
interface Answer {
  readonly status: number
  readonly text: string
}

/**
 * Retries until a service returns something other than "busy". A socket may have been closed while the environment was
 * frozen, and S3 and DynamoDB are busy now and then: this retries what the SDK would retry.
 */
function send(options: StoreOptions, service: 's3' | 'dynamodb', call: Call): Promise<Answer> {
  let last = 'no answer'
  return untilDone(
    async () => {
      const answer = await attempt(options, service, call).catch((error: unknown) => String(error))
      if (typeof answer !== 'string' && !isBusy(answer)) return answer
      last = typeof answer === 'string' ? answer : `${answer.status} ${answer.text.slice(0, 200)}`
      return again
    },
    {
      most: maxTries,
      exhausted: () =>
        new HeadendError(
          'DELIVERY_BUSY',
          `${service}: expected an answer in ${maxTries} tries, got ${last}`,
          {
            status: 503,
          },
        ),
      ...(options.pauses && { pauses: options.pauses }),
    },
  )
}

async function attempt(options: StoreOptions, service: 's3' | 'dynamodb', call: Call): Promise<Answer> {
  const { region, tryMs = defaultTryMs } = options
  const base = new URL(options.endpoint ?? `https://${service}.${region}.amazonaws.com`)
  const method = call.body === undefined ? 'GET' : 'POST'
  const body = call.body ?? ''
  const headers = signedHeaders(
    { method, host: base.host, path: call.path, query: '', headers: call.headers ?? {}, body },
    { service, region, credentials: options.credentials(), nowMs: options.now() },
  )
  const signal = AbortSignal.timeout(tryMs)
  const response = await fetch(new URL(call.path, base), { method, headers, signal, ...(body && { body }) })
  // Reading the body counts towards the timeout: a response may begin and never end.
  return { status: response.status, text: await response.text() }
}

/** Whether a response means "busy, try again". */
const isBusy = ({ status, text }: Answer): boolean =>
  isBusyAnswer(status, status === 400 ? refusalCode.exec(text)?.[1] : undefined)

/** The error code: in DynamoDB's JSON after the name of its interface, or in S3's XML. */
const refusalCode = /(?:"__type":"(?:[^"#]*#)?|<Code>)([A-Za-z]+)/

/** An error response of AWS, our fault and never the viewer's; the body may name a role but contains no secret. */
function upstream(what: string, { status, text }: Answer): HeadendError {
  return new HeadendError('DELIVERY_UPSTREAM', `${what}: expected 200, got ${status} ${text.slice(0, 500)}`, {
    status: 502,
  })
}
