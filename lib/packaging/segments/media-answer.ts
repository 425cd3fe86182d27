/** HTTP semantics of media: turns a request and its content into a full, partial or not-modified response. */
import { HeadendError } from '../../errors.ts'
import { brief } from '../../platform/brief.ts'
import { errorHeaders, errorJson } from '../../platform/http/error-response.ts'
import { lengthHeader } from '../../platform/http/media-length.ts'
import { wantedBytes } from './http-range.ts'

/** A request; header names are lower case. */
export interface MediaRequest {
  readonly method: string
  /** With its leading slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Bytes of a response, all in memory. */
export interface Body {
  readonly body: readonly Uint8Array[]
  /**
   * Returns the memory for the next segment; call it when the body was sent or will not be. Omitting it costs only
   * time.
   */
  readonly giveBack?: () => void
}

/** A response. */
export interface MediaAnswer extends Body {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** Bytes that can be sent, whole or in part. */
export interface Content {
  readonly length: number
  /** The bytes from `from` to before `until`. */
  readonly body: (from: number, until: number) => Promise<Body>
  readonly giveBack?: () => void
}

/** Content found for a path. */
export interface Found extends Content {
  readonly type: string
  readonly etag: string
}

/**
 * Lambda streams 6 MB at once and 2 MB/s after that: a larger response would be cut off when the function's minute is
 * over, and a cache might keep it truncated.
 */
const maxSentBytes = 96 * 2 ** 20

/**
 * Builds the response: the whole content, the requested range, or the result of a condition, in the order of RFC 9110
 * 13.2.2. Media has no dates, so conditions with one are ignored (13.1.3, 13.1.4).
 */
export async function send(
  { length, type, etag, body }: Found,
  { method, headers }: MediaRequest,
): Promise<MediaAnswer> {
  const common = {
    'content-type': type,
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'public, max-age=31536000, immutable',
  }
  const { 'if-match': match, 'if-none-match': noneMatch, 'if-range': condition, range } = headers
  if (match !== undefined && !names(match, etag, { weakly: false })) return unmet(etag, method)
  if (noneMatch !== undefined && names(noneMatch, etag, { weakly: true }))
    return { status: 304, headers: common, body: [] }
  // A range is meaningless for HEAD (14.2), which asks for the full length.
  const isOfPart = method === 'GET' && (condition === undefined || condition.trim() === etag)
  const wanted = wantedBytes(isOfPart ? range : undefined, length)
  if (wanted.kind === 'beyond') return beyond(length, method)
  const [from, until] = wanted.kind === 'all' ? [0, length] : [wanted.from, wanted.until]
  if (until - from > maxSentBytes) return tooLarge(until - from, method)
  return {
    status: wanted.kind === 'all' ? 200 : 206,
    headers: {
      ...common,
      'content-length': `${until - from}`,
      ...(method === 'HEAD' && { [lengthHeader]: `${length}` }),
      ...(wanted.kind === 'part' && { 'content-range': `bytes ${from}-${until - 1}/${length}` }),
    },
    ...(method === 'HEAD' ? { body: [] } : await body(from, until)),
  }
}

/** Whether a list of entity tags, or `*`, matches ours, which is a strong one (RFC 9110 8.8.3). */
function names(list: string, etag: string, { weakly }: { readonly weakly: boolean }): boolean {
  if (list.trim() === '*') return true
  for (const [, weak, tag] of list.matchAll(/(W\/)?("[^"]*")/g))
    if (tag === etag && (weakly || weak === undefined)) return true
  return false
}

/** 412 depends on the request, not the path: it must not be cached. */
function unmet(etag: string, method: string): MediaAnswer {
  const why = `expected what If-Match names, got ${etag}; ask for the manifest again`
  const answer = refused(new HeadendError('MEDIA_PRECONDITION', why, { status: 412 }), method)
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
}

function tooLarge(bytes: number, method: string): MediaAnswer {
  const why = `expected at most ${maxSentBytes} bytes at once, got ${bytes}; ask for a range, or cut the film more often`
  return refused(new HeadendError('MEDIA_TOO_LARGE', why, { status: 500 }), method)
}

function beyond(length: number, method: string): MediaAnswer {
  const why = `expected a range that begins within ${length} bytes, got one beyond them`
  const answer = refused(new HeadendError('MEDIA_RANGE', why, { status: 416 }), method)
  return { ...answer, headers: { ...answer.headers, 'content-range': `bytes */${length}` } }
}

/** The response to an error: JSON, cached for a second at most. */
export function refused({ status, code, message }: HeadendError, method: string): MediaAnswer {
  const body = new TextEncoder().encode(errorJson({ code, message: brief(message) }))
  return {
    status,
    headers: {
      'cache-control': 'max-age=1',
      'content-type': 'application/json',
      'content-length': `${body.length}`,
      ...(status === 405 && { allow: 'GET, HEAD' }),
      ...errorHeaders({ status, code }),
    },
    body: method === 'HEAD' ? [] : [body],
  }
}
