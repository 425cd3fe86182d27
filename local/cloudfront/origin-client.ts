/** Requests to origins over HTTP, with their timeouts and connection reuse. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { noNames } from '../names.ts'
import type { Caller } from '../service.ts'
import type { Connect } from './config.ts'
import type { ResolvedOrigin } from './edge-lambda/edge-origin.ts'
import { type EdgeRequest, type Headers, headerOf } from './message.ts'

export interface OriginAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readable
}

/** The origin could not be asked or did not answer in time. */
export class OriginUnavailable extends Error {
  override readonly name = 'OriginUnavailable'
  readonly status: 502 | 504

  constructor(status: 502 | 504, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

export interface OriginClient {
  fetch(
    request: EdgeRequest,
    origin: ResolvedOrigin,
    body: Readable | Buffer | undefined,
  ): Promise<OriginAnswer>
  close(): void
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'trailer',
  'te',
])

export function createOriginClient({
  connect,
  caller,
}: {
  readonly connect: Connect
  readonly caller: Caller
}): OriginClient {
  const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 256 })
  const httpsAgent = new HttpsAgent({ keepAlive: true })
  return {
    fetch(request, origin, body) {
      const connection = connect(origin.domainName, origin.originAccessControl ? caller : undefined)
      const base = connection?.url ?? `${origin.protocol}://${origin.domainName}:${origin.port}`
      const query = request.querystring === '' ? '' : `?${request.querystring}`
      const url = new URL(base)
      const options = {
        hostname: url.hostname,
        port: url.port,
        method: request.method,
        // Not through URL, which would normalise the path: origins get it as the viewer wrote it.
        path: `${url.pathname === '/' ? '' : url.pathname}${origin.path}${request.uri}${query}`,
        headers: {
          ...outgoing(request.headers, body),
          ...origin.customHeaders,
          host: connection === undefined ? origin.domainName : url.host,
          ...connection?.headers,
        },
        timeout: origin.readTimeoutSeconds * 1000,
      }
      return new Promise((resolve, reject) => {
        const answered = (answer: IncomingMessage): void => resolve(readAnswer(answer))
        const outgoingRequest =
          url.protocol === 'https:'
            ? httpsRequest({ ...options, agent: httpsAgent }, answered)
            : httpRequest({ ...options, agent: httpAgent }, answered)
        outgoingRequest.on('timeout', () => {
          outgoingRequest.destroy(new OriginUnavailable(504, `${origin.domainName} did not answer in time`))
        })
        outgoingRequest.on('error', (error) => {
          if (error instanceof OriginUnavailable) reject(error)
          else reject(new OriginUnavailable(502, `${origin.domainName}: ${error.message}`, { cause: error }))
        })
        if (body === undefined || Buffer.isBuffer(body)) outgoingRequest.end(body)
        else body.pipe(outgoingRequest)
      })
    },
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

function outgoing(headers: Headers, body: Readable | Buffer | undefined): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && name !== 'host')
  const result: Record<string, string | string[]> = Object.fromEntries(
    kept.map(([name]) => [name, headerOf(headers, name) ?? '']),
  )
  if (Buffer.isBuffer(body)) result['content-length'] = String(body.length)
  return result
}

function readAnswer(answer: IncomingMessage): OriginAnswer {
  const headers = noNames<string[]>()
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    const name = (answer.rawHeaders[at] ?? '').toLowerCase()
    if (hopByHop.has(name)) continue
    const values = (headers[name] ??= [])
    values.push(answer.rawHeaders[at + 1] ?? '')
  }
  return { status: answer.statusCode ?? 502, headers, body: answer }
}
