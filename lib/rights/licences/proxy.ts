/** Widevine, PlayReady and FairPlay licences: forwarded to the operator's server and back byte for byte. */
import { HeadendError } from '../../errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { admit, type Breaker, closedBreaker, settle } from './circuit-breaker.ts'
import { type LicenceServer, type ProxiedSystem, serverUrl } from './servers.ts'

/** A request to the licence server. */
export interface ProxyRequest {
  readonly system: ProxiedSystem
  readonly server: LicenceServer
  /** The player's headers, names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
  /** Facts about the viewer's rights, for the server to act on; names in lower case. */
  readonly facts: Readonly<Record<string, string | undefined>>
}

/** The licence server's response. */
export interface ProxyAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

/** Sends a request to a licence server. */
export type LicenceProxy = (request: ProxyRequest) => Promise<ProxyAnswer>

/** Dependencies and limits of a proxy. */
export interface ProxyPorts {
  readonly send: Outbound
  readonly now: () => number
  /** @default 8000: an HTTP API times out after 30 s, and a player long before */
  readonly timeoutMs?: number
  /** Allows plain http to the loopback address. @default false */
  readonly allowLoopback?: boolean
}

/** Larger than any licence including its certificates. */
const maxBytes = 1024 * 1024
/** Headers of the player that describe the body. */
const passedOn = ['content-type', 'soapaction', 'accept']

/** A proxy with a circuit breaker for each DRM system. */
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

/** PlayReady refuses with a SOAP fault and status 500, so exactly 500 counts as a response. */
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
