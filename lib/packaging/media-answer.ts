/** HTTP of media: what is asked, and how what was found is answered, whole, in part, or not again. */
import type { HeadendError } from '../errors.ts'
import { wantedBytes } from './http-range.ts'

/** A request; header names are lower case. */
export interface MediaRequest {
  readonly method: string
  /** With its leading slash. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** An answer; the body comes as it is made. */
export interface MediaAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** To be called when the body was sent, or will not be: its memory serves the next segment. Costs time if it is not. */
  readonly giveBack?: () => void
}

/** What a path names. */
export interface Found {
  readonly length: number
  readonly type: string
  readonly etag: string
  /** The bytes from `from` to before `until`. */
  readonly body: (from: number, until: number) => Promise<MediaAnswer['body']>
  readonly giveBack?: () => void
}

/** The answer for what was found: all of it, the range asked for, or that it is known already. */
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
  if (
    headers['if-none-match']?.split(',').some((tag) => [etag, '*'].includes(tag.trim().replace(/^W\//, '')))
  )
    return { status: 304, headers: common, body: [] }
  const condition = headers['if-range']
  const wanted = wantedBytes(
    condition === undefined || condition === etag ? headers['range'] : undefined,
    length,
  )
  if (wanted.kind === 'beyond')
    return {
      status: 416,
      headers: { 'cache-control': 'max-age=1', 'content-range': `bytes */${length}`, 'content-length': '0' },
      body: [],
    }
  const [from, until] = wanted.kind === 'all' ? [0, length] : [wanted.from, wanted.until]
  return {
    status: wanted.kind === 'all' ? 200 : 206,
    headers: {
      ...common,
      'content-length': `${until - from}`,
      ...(wanted.kind === 'part' && { 'content-range': `bytes ${from}-${until - 1}/${length}` }),
    },
    body: method === 'HEAD' ? [] : await body(from, until),
  }
}

/** The answer to what went wrong: JSON, kept by nobody for longer than a second. */
export function refused({ status, code, message }: HeadendError, method: string): MediaAnswer {
  const body = new TextEncoder().encode(JSON.stringify({ error: { code, message } }))
  return {
    status,
    headers: {
      'cache-control': 'max-age=1',
      'content-type': 'application/json',
      'content-length': `${body.length}`,
      ...(status === 405 && { allow: 'GET, HEAD' }),
    },
    body: method === 'HEAD' ? [] : [body],
  }
}
