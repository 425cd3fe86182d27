/** Requests and responses inside the distribution, and the small grammar of their headers. */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { noNames } from '../names.ts'

/** Names in lower case; every value in its own line. */
export type Headers = Readonly<Record<string, readonly string[]>>

export interface EdgeRequest {
  readonly method: string
  /** Path as on the wire, percent-encoding kept. */
  readonly uri: string
  /** Without `?`, as on the wire. */
  readonly querystring: string
  readonly headers: Headers
  readonly clientIp: string
  /** The viewer's body, not yet read. */
  readonly body?: Readable
}

/** A response that an edge function or CloudFront itself makes. */
export interface MadeResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** Says here where a viewer is, as no address on this machine does: `local-viewer-country: DE`. */
const placeHeader = 'local-viewer-country'

/** What CloudFront says of a viewer, no viewer can say. */
function told(headers: Headers): Headers {
  const { [placeHeader]: place, ...others } = headers
  const own = Object.entries(others).filter(([name]) => !name.startsWith('cloudfront-'))
  return { ...Object.fromEntries(own), ...(place && { 'cloudfront-viewer-country': place }) }
}

export function readRequest(request: IncomingMessage): EdgeRequest {
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  const headers = noNames<string[]>()
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? '').toLowerCase()
    const values = (headers[name] ??= [])
    values.push(request.rawHeaders[at + 1] ?? '')
  }
  const hasBody =
    request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  return {
    method: request.method ?? 'GET',
    uri: mark < 0 ? target : target.slice(0, mark),
    querystring: mark < 0 ? '' : target.slice(mark + 1),
    headers: told(headers),
    clientIp: request.socket.remoteAddress ?? '127.0.0.1',
    ...(hasBody ? { body: request } : {}),
  }
}

/** The first value of a header, lists joined by commas. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const values = headers[name]
  return values === undefined || values.length === 0
    ? undefined
    : values.join(name === 'cookie' ? '; ' : ', ')
}

export function withHeaders(headers: Headers, more: Readonly<Record<string, string | undefined>>): Headers {
  const all: Record<string, readonly string[]> = { ...headers }
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) delete all[name]
    else all[name] = [value]
  }
  return all
}

/** `name=value` pairs as they stand; a name without `=` has an empty value. */
function pairsOf(text: string, separator: RegExp): readonly (readonly [name: string, value: string])[] {
  if (text === '') return []
  return text.split(separator).map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  })
}

export function queryPairs(querystring: string): readonly (readonly [name: string, value: string])[] {
  return pairsOf(querystring, /&/)
}

export function cookiePairs(headers: Headers): readonly (readonly [name: string, value: string])[] {
  return pairsOf(headerOf(headers, 'cookie') ?? '', /;\s*/)
}
