/**
 * Requests to hosts that somebody else names: licence servers, ad servers, guides. A name is resolved once, its
 * addresses are checked, and the connection goes to a checked address: a name that changes in between, or that points
 * into the function's own network, reaches nothing.
 */
import { lookup as resolveHost } from 'node:dns/promises'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { HeadendError } from '../../errors.ts'
import { isPublicAddress } from './public-address.ts'

/** A request; redirects are returned, not followed, because their target is unchecked. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
}

/** Sends a request; the answer's body is streamed and unlimited in size. */
export type Outbound = (url: URL, request: OutboundRequest) => Promise<Response>

/** Options of outbound requests. */
export interface OutboundOptions {
  /** Allows plain http and this machine, for the local cloud. @default false */
  readonly allowLoopback?: boolean
  /** Returns all addresses of a host. @default the machine's resolver */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

interface Address {
  readonly address: string
  readonly family: number
}

/**
 * Sends requests over https; throws OUTBOUND_URL (400) for another scheme or a URL with credentials, OUTBOUND_ADDRESS
 * (403) where any address of the host is not one of the public internet.
 */
export function outbound(options: OutboundOptions = {}): Outbound {
  const { allowLoopback = false, resolve = (host) => resolveHost(host, { all: true }) } = options
  const agents = { plain: new HttpAgent({ keepAlive: true }), secure: new HttpsAgent({ keepAlive: true }) }
  return async (url, { method, headers, body, signal }) => {
    const isPlain = url.protocol === 'http:' && allowLoopback
    if ((url.protocol !== 'https:' && !isPlain) || url.username !== '' || url.password !== '')
      throw new HeadendError('OUTBOUND_URL', `${url.host}: expected https and no credentials in the URL`)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const family = isIP(host)
    // A host that is an address is never looked up, so it is checked here.
    const addresses = family === 0 ? await before(signal, resolve(host)) : [{ address: host, family }]
    const isAllowed = ({ address }: Address): boolean =>
      isPublicAddress(address) || (allowLoopback && (address === '127.0.0.1' || address === '::1'))
    if (addresses.length === 0 || !addresses.every(isAllowed))
      throw new HeadendError(
        'OUTBOUND_ADDRESS',
        `${url.host}: expected addresses of the public internet, got ${addresses.map(({ address }) => address).join(', ') || 'none'}`,
        { status: 403 },
      )
    const send = isPlain ? httpRequest : httpsRequest
    const ask = (agent: HttpAgent | false) =>
      new Promise<IncomingMessage | 'closed'>((done, failed) => {
        const sent = send(url, { method, headers, signal, agent, lookup: always(addresses) }, done)
        sent.on('error', (error: Error & { readonly code?: string }) => {
          if (signal.aborted) failed(signal.reason)
          else if (sent.reusedSocket && error.code === 'ECONNRESET') done('closed')
          else failed(error)
        })
        sent.end(body)
      })
    // A connection closed by the other end while the function was frozen: the request was not read, so it is sent
    // again.
    const first = await ask(isPlain ? agents.plain : agents.secure)
    const answer = first === 'closed' ? await ask(false) : first
    // Cannot be a stale connection, because it is new.
    if (answer === 'closed') throw new Error(`${url.host}: the connection was closed`)
    return responseOf(answer)
  }
}

/** Awaits a value unless the signal aborts first: a resolver may take longer than anybody waits. */
async function before<Value>(signal: AbortSignal, coming: Promise<Value>): Promise<Value> {
  const ended = Promise.withResolvers<never>()
  const end = (): void => ended.reject(signal.reason)
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([coming, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** A lookup that returns the checked addresses for any name. */
const always =
  (addresses: readonly Address[]): LookupFunction =>
  (_, { all }, done) => {
    const [first] = addresses
    if (all) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }

/** Statuses without a body (Fetch 2.2.3). */
const bodiless: ReadonlySet<number | undefined> = new Set([101, 103, 204, 205, 304])

function responseOf(answer: IncomingMessage): Response {
  const { statusCode = 502, headersDistinct } = answer
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  if (bodiless.has(statusCode)) answer.resume()
  const body = bodiless.has(statusCode) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>)
  return new Response(body, { status: statusCode, headers })
}
