/** An S3 request as the operations see it: path style, `/bucket/key?query`, or with the bucket in the host's name. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../service.ts'
import { S3Fault } from './faults.ts'
import { bucketOfHost } from './host.ts'

export interface S3Request {
  readonly id: string
  readonly method: string
  /** Whether the path is percent-encoded UTF-8; if not, bucket and key are as they came. */
  readonly readable: boolean
  /** Empty for the list of buckets. */
  readonly bucket: string
  /** Empty for the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
  readonly caller: Caller
  /** A header; `x-amz-*` also from the query, where presigned URLs carry them. */
  readonly header: (name: string) => string | undefined
  /** A real header only. */
  readonly ownHeader: (name: string) => string | undefined
  /** All that `header` can find. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it came over the wire. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Reads method, path, query and headers; not the body. */
export function parseRequest(message: IncomingMessage, caller: Caller): S3Request {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  // Not `new URL`: it would fold `//` and `..`, which are ordinary parts of a key.
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const { bucket, key } = placeOf(message.headers.host, path)
  const readable = isDecodable(path)
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) own[name] = Array.isArray(value) ? value.join(',') : value
  const presigned: Record<string, string> = {}
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    if (lower.startsWith('x-amz-')) presigned[lower] = value
  }
  const headers = { ...presigned, ...own }
  return {
    id: randomBytes(8).toString('hex').toUpperCase(),
    method: message.method ?? 'GET',
    // A path that cannot be read still gets an answer: `operationOf` refuses it.
    readable,
    bucket: readable ? decodeURIComponent(bucket) : bucket,
    key: readable ? decodeURIComponent(key) : key,
    query,
    caller,
    header: (name) => headers[name],
    ownHeader: (name) => own[name],
    headers,
    // Leaving the loop early must not close the connection: the answer still goes over it.
    body: message.iterator({ destroyOnReturn: false }),
  }
}

/** Where an object is, in the style of addressing its request had. */
export function objectUrl(
  { bucket, ownHeader }: Pick<S3Request, 'bucket' | 'ownHeader'>,
  key: string,
): string {
  const host = ownHeader('host') ?? 's3'
  const path = encodeURI(key.toWellFormed())
  return `http://${host}/${bucketOfHost(host) === undefined ? `${bucket}/${path}` : path}`
}

function placeOf(host: string | undefined, path: string): { readonly bucket: string; readonly key: string } {
  const hosted = bucketOfHost(host)
  if (hosted !== undefined) return { bucket: hosted, key: path.slice(1) }
  const slash = path.indexOf('/', 1)
  return slash < 0
    ? { bucket: path.slice(1), key: '' }
    : { bucket: path.slice(1, slash), key: path.slice(slash + 1) }
}

function isDecodable(text: string) {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Percent-decoding of a copy source; bad UTF-8 is the client's mistake. */
export function decodePath(text: string): string {
  if (!isDecodable(text)) throw invalidUri()
  return decodeURIComponent(text)
}

export const invalidUri = () => new S3Fault(400, 'InvalidURI', "Couldn't parse the specified URI.")

/** URL-encoding as S3 writes keys in events and `encoding-type=url`: space as `+`, slashes kept. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A whole number from the query, within bounds. */
export function integerParameter(
  query: URLSearchParams,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  if (!/^\d{1,9}$/.test(text))
    throw new S3Fault(400, 'InvalidArgument', `Provided ${name} not an integer or within integer range`)
  return Math.min(Number(text), max)
}
