/** What viewers ask, as the viewer-request function is given it, and what it does with it in the fast realm. */
import { createHash, createHmac } from 'node:crypto'
import { createRealm } from '../../local/cloudfront/viewer-function/viewer-function-realm.ts'
import type { FunctionCase, FunctionOutcome } from '../judges/njs.ts'

/** The key of sessions here. */
export const key = 'ab'.repeat(32)

/** Before any test runs, and after all of them: no clock decides. */
export const long = { ago: 1_000_000_000, hence: 99_999_999_999 } as const

/** A session token over any payload. */
export function signed(payload: string, { kid = '1', hex = key } = {}): string {
  const text = `${kid}.${Buffer.from(payload).toString('base64url')}`
  return `${text}.${createHmac('sha256', Buffer.from(hex, 'hex')).update(text).digest('base64url')}`
}

/** A session for a content. */
export const session = (content = 'vod/film', expires: number = long.hence, id = 'session-1'): string =>
  signed(JSON.stringify({ c: content, e: expires, s: id }))

/** A session for a presentation of some contents. */
export function presentationSession(contents: readonly string[], more: object = {}): string {
  const digests = contents.map((id) => createHash('sha256').update(id).digest('base64url').slice(0, 12))
  return signed(
    JSON.stringify({ c: 'presentations/one', e: long.hence, s: 'session-1', a: digests.join(''), ...more }),
  )
}

/** A request as CloudFront tells a function of it: nothing decoded. */
export function eventOf(
  target: string,
  method = 'GET',
  headers: Readonly<Record<string, readonly string[]>> = {},
): unknown {
  const mark = target.indexOf('?')
  const querystring: Record<string, { value: string; multiValue?: { value: string }[] }> = {}
  for (const pair of mark < 0 ? [] : target.slice(mark + 1).split('&')) {
    const [name = '', ...rest] = pair.split('=')
    const value = rest.join('=')
    const before = querystring[name]
    if (!before) querystring[name] = { value }
    else (before.multiValue ??= [{ value: before.value }]).push({ value })
  }
  return {
    version: '1.0',
    context: {
      distributionDomainName: 'd.cloudfront.net',
      distributionId: 'E1',
      eventType: 'viewer-request',
      requestId: 'r',
    },
    viewer: { ip: '192.0.2.1' },
    request: {
      method,
      uri: mark < 0 ? target : target.slice(0, mark),
      querystring,
      headers: {
        host: { value: 'play.example' },
        ...Object.fromEntries(
          Object.entries(headers).map(([name, [value = '', ...more]]) => [
            name,
            {
              value,
              ...(more.length > 0 && { multiValue: [value, ...more].map((each) => ({ value: each })) }),
            },
          ]),
        ),
      },
      cookies: {},
    },
  }
}

/** Runs every case in the fast realm. */
export function runInRealm(code: string, cases: readonly FunctionCase[]): readonly FunctionOutcome[] {
  let now: FunctionCase = { event: undefined, store: {} }
  let reads = 0
  const values = {
    get(name: string): string | undefined {
      reads++
      if (now.failing?.some((start) => name.startsWith(start))) throw new Error('InternalError')
      return Object.hasOwn(now.store, name) ? now.store[name] : undefined
    },
    count: () => 0,
  }
  const realm = createRealm({ name: 'viewer-request', code, store: { id: 'store', values } }, () => undefined)
  return cases.map((one) => {
    now = one
    reads = 0
    try {
      return { answer: JSON.parse(realm.run(JSON.stringify(one.event)) ?? 'null') as unknown, reads }
    } catch (error) {
      return { threw: error instanceof Error ? error.message : String(error), reads }
    }
  })
}

/** An outcome in a word: what goes on (`path?query`), or what is answered (`403 SESSION_MISSING`). */
export function briefly({ answer, threw }: FunctionOutcome): string {
  if (threw !== undefined) return `threw ${threw}`
  const {
    uri,
    querystring = {},
    statusCode,
    body,
  } = answer as {
    readonly uri?: string
    readonly querystring?: Readonly<Record<string, { readonly value: string }>>
    readonly statusCode?: number
    readonly body?: { readonly data: string }
  }
  if (statusCode !== undefined) {
    const { error } = JSON.parse(body?.data ?? '{}') as { error?: { code: string } }
    return [statusCode, error?.code].filter(Boolean).join(' ')
  }
  const query = Object.entries(querystring).map(([name, { value }]) => `${name}=${value}`)
  return [uri, query.join('&')].filter(Boolean).join('?')
}
