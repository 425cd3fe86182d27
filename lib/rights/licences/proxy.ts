/** Licences of Widevine, PlayReady and FairPlay: asked of the operator's server, passed on byte for byte. */
import { HeadendError } from '../../errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { admit, type Breaker, closedBreaker, settle } from './circuit-breaker.ts'
import { type LicenceServer, type ProxiedSystem, serverUrl } from './servers.ts'

/** What goes to the server. */
export interface ProxyRequest {
  readonly system: ProxiedSystem
  readonly server: LicenceServer
  /** The player's, names lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
  /** What we know of the viewer's rights, for the server to act on; names lower case. */
  readonly facts: Readonly<Record<string, string | undefined>>
}

/** What it answered. */
export interface ProxyAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

/** Asks a licence server. */
export type LicenceProxy = (request: ProxyRequest) => Promise<ProxyAnswer>

/** What a proxy works with. */
export interface ProxyPorts {
  readonly send: Outbound
  readonly now: () => number
  /** @default 8000: an HTTP API gives up after 30 s, and a player long before */
  readonly timeoutMs?: number
  /** Plain http to this machine. @default false */
  readonly allowLoopback?: boolean
}

/** Longer than any licence with the certificates in it. */
const maxBytes = 1024 * 1024
/** Of the player's headers, those that say what the body is. */
const passedOn = ['content-type', 'soapaction', 'accept']

/** A proxy with a breaker for each system. */
export function licenceProxy({
  send,
  now,
  timeoutMs = 8000,
  allowLoopback = false,
}: ProxyPorts): LicenceProxy {
  const breakers = new Map<ProxiedSystem, Breaker>()
  return async ({ system, server, headers, body, facts }) => {
    const url = serverUrl(server, allowLoopback)
    const { admitted, breaker } = admit(breakers.get(system) ?? closedBreaker, now())
    breakers.set(system, breaker)
    if (!admitted)
      throw new HeadendError('LICENCE_SERVER_DOWN', `the licence server of ${system} is down, try again`, {
        status: 503,
      })
    const settled = (hasAnswered: boolean): void => {
      breakers.set(system, settle(breakers.get(system) ?? closedBreaker, hasAnswered, now()))
    }
    const own = passedOn.map((name) => [name, headers[name]] as const)
    const said = [...own, ...Object.entries(facts)].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const response = await send(url, {
        method: 'POST',
        headers: { ...Object.fromEntries(said), ...server.headers },
        body,
        signal,
      })
      const answer = await answerOf(response)
      settled(!isDown(answer.status))
      return answer
    } catch (cause) {
      settled(false)
      if (cause instanceof HeadendError && cause.code.startsWith('LICENCE_')) throw cause
      const whose = `the licence server of ${system}`
      throw signal.aborted
        ? new HeadendError('LICENCE_SERVER_FAILED', `${whose} did not answer within ${timeoutMs} ms`, {
            status: 504,
            cause,
          })
        : new HeadendError('LICENCE_SERVER_FAILED', `${whose} could not be reached`, { status: 502, cause })
    }
  }
}

/** PlayReady refuses by a SOAP fault with status 500, so that alone is an answer. */
const isDown = (status: number): boolean => status > 500

async function answerOf(response: Response): Promise<ProxyAnswer> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel()
    throw new HeadendError(
      'LICENCE_SERVER_REDIRECT',
      `the licence server answered ${response.status}: expected a licence, redirects are not followed`,
      { status: 502 },
    )
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw new HeadendError(
        'LICENCE_SERVER_LARGE',
        `the licence server answered more than ${maxBytes} bytes`,
        { status: 502 },
      )
    }
    chunks.push(chunk)
  }
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? 'application/octet-stream',
    body: Buffer.concat(chunks),
  }
}
