/** An object on its way to one viewer: conditions, ranges, HEAD, and the bytes as they arrive. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { StoredObject } from './caching/object-cache.ts'
import { type EdgeRequest, type Headers, headerOf, withHeaders } from './message.ts'

export interface ViewerAnswer {
  readonly status: number
  readonly headers: Headers
  /** Bytes of the object, undefined for none. */
  readonly range: { readonly from: number; readonly to: number } | undefined
}

/** What this viewer's conditions and range make of the object (RFC 9110 13, 14). */
export async function answerFor(object: StoredObject, request: EdgeRequest): Promise<ViewerAnswer> {
  const whole: ViewerAnswer = {
    status: object.status,
    headers: object.headers,
    range: request.method === 'HEAD' ? undefined : { from: 0, to: Number.POSITIVE_INFINITY },
  }
  if (object.status !== 200 || (request.method !== 'GET' && request.method !== 'HEAD')) return whole
  if (notModified(object.headers, request.headers)) {
    const headers = withHeaders(object.headers, { 'content-length': undefined, 'content-type': undefined })
    return { status: 304, headers, range: undefined }
  }
  const range = readRange(headerOf(request.headers, 'range'))
  if (range === undefined || request.method === 'HEAD' || !rangeApplies(object.headers, request.headers))
    return whole
  const length = await lengthOf(object)
  if (length === undefined) return whole
  const from = range.from ?? Math.max(0, length - (range.to ?? 0))
  const to = range.from === undefined ? length : Math.min(length, (range.to ?? length - 1) + 1)
  if (from >= length || to <= from) {
    return {
      status: 416,
      headers: withHeaders(object.headers, { 'content-length': '0', 'content-range': `bytes */${length}` }),
      range: undefined,
    }
  }
  const headers = withHeaders(object.headers, {
    'content-length': String(to - from),
    'content-range': `bytes ${from}-${to - 1}/${length}`,
  })
  return { status: 206, headers, range: { from, to } }
}

/** Sends the bytes at the viewer's pace; breaks the connection when the object does. */
export async function sendBody(
  object: StoredObject,
  { range }: ViewerAnswer,
  response: ServerResponse,
): Promise<void> {
  if (range === undefined) {
    object.body.discard()
    response.end()
    return
  }
  const pieces = object.body.read(range.from, range.to)
  try {
    for await (const bytes of pieces) {
      if (response.destroyed) return
      if (!response.write(bytes)) await drained(response)
    }
    response.end()
  } catch {
    response.destroy()
  }
}

/** Resolves when more may be written or nobody listens any more, and leaves no listener behind. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  over.abort()
}

function notModified(headers: Headers, asked: Headers): boolean {
  const tags = headerOf(asked, 'if-none-match')
  const etag = headerOf(headers, 'etag')
  if (tags !== undefined) {
    return etag !== undefined && tags.split(',').some((tag) => tag.trim() === '*' || weak(tag) === weak(etag))
  }
  const since = Date.parse(headerOf(asked, 'if-modified-since') ?? '')
  const modified = Date.parse(headerOf(headers, 'last-modified') ?? '')
  return modified <= since
}

function weak(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}

/** If-Range names the version a range is wanted of; of another one the whole is sent. */
function rangeApplies(headers: Headers, asked: Headers): boolean {
  const condition = headerOf(asked, 'if-range')
  if (condition === undefined) return true
  return condition === headerOf(headers, 'etag') || condition === headerOf(headers, 'last-modified')
}

/** One range; several are answered with the whole, as RFC 9110 14.2 allows. */
function readRange(
  text: string | undefined,
): { readonly from: number | undefined; readonly to: number | undefined } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const from = first === '' ? undefined : Number(first)
  const to = last === '' ? undefined : Number(last)
  return from !== undefined && to !== undefined && to < from ? undefined : { from, to }
}

/**
 * Known from the header, else when the last byte has come. A body that is not kept comes only as it is read, so
 * its length stays unknown and its range is answered with the whole.
 */
async function lengthOf({ headers, body }: StoredObject): Promise<number | undefined> {
  const declared = headerOf(headers, 'content-length')
  if (declared !== undefined) return Number(declared)
  if (!body.kept) return undefined
  await body.done()
  return body.bytes
}
