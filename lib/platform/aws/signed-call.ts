/**
 * Requests to AWS services signed by ourselves, over Node's own https: for functions that a viewer waits for when they
 * are new. The SDK's clients take longer to load than all that such a function does for its first viewer.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { realPauses } from '../retry.ts'
import { isBusy } from './busy.ts'
import { runtime } from './runtime.ts'
import { refusalOf } from './service-refusal.ts'
import { signedHeaders } from './sigv4.ts'

/** A request. */
export interface ServiceCall {
  readonly service: Service
  /** @default the function's own */
  readonly region?: string | undefined
  /** URI-encoded. */
  readonly path: string
  /** URI-encoded and sorted. */
  readonly query?: string
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** POST with one, GET without. */
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  /** @default what the environment names, else AWS's own */
  readonly endpoint?: string | undefined
}

/** What the variables that name their endpoints call the services. */
const variables = {
  s3: 'S3',
  dynamodb: 'DYNAMODB',
  events: 'EVENTBRIDGE',
  kms: 'KMS',
  secretsmanager: 'SECRETS_MANAGER',
} as const

/** A service, by the name it is signed for and found with. */
export type Service = keyof typeof variables

/** Tries and the bound of the first pause are the SDK's. */
const maxTries = 3
const firstPauseMs = 100

/** Connections stay open between requests; no more at once than the SDK has. */
const limits = { keepAlive: true, maxSockets: 50 }
const agents = { plain: new HttpAgent(limits), secure: new HttpsAgent(limits) }

/**
 * What `read` makes of the answer. Throws a ServiceRefusal where the service says no; what may pass is tried again, and
 * thrown as the last try met it.
 */
export async function signedCall<Value>(
  call: ServiceCall,
  read: (answer: IncomingMessage) => Value | Promise<Value>,
): Promise<Value> {
  for (let turn = 1; ; turn++) {
    try {
      const answer = await send(call, turn === 1)
      const { statusCode: status = 0 } = answer
      if (status >= 200 && status < 300) return await read(answer)
      throw refusalOf(status, (await bytesOf(answer)).toString())
    } catch (error) {
      if (!isBusy(error) || turn === maxTries) throw error
      await realPauses.sleep(realPauses.random() * firstPauseMs * 2 ** (turn - 1))
    }
  }
}

/** The body to its end. */
export async function bytesOf(answer: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function send(call: ServiceCall, isFirst: boolean): Promise<IncomingMessage> {
  const { service, region = process.env['AWS_REGION'] ?? '', path, query = '', body, signal } = call
  const { protocol, host, hostname, port } = new URL(
    call.endpoint ??
      process.env[`AWS_ENDPOINT_URL_${variables[service]}`] ??
      process.env['AWS_ENDPOINT_URL'] ??
      `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
  )
  const method = body === undefined ? 'GET' : 'POST'
  const headers = signedHeaders(
    { method, host, path, query, headers: call.headers ?? {}, body: body ?? '' },
    { service, region, credentials: runtime.credentials(), nowMs: runtime.now() },
  )
  const isPlain = protocol === 'http:'
  const pool = isPlain ? agents.plain : agents.secure
  return new Promise((done, failed) => {
    const sent = (isPlain ? httpRequest : httpsRequest)(
      {
        method,
        // An address of version 6 stands in brackets in URLs alone.
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        // All that were kept open while the environment was frozen may be closed at the other end.
        agent: isFirst ? pool : false,
        ...(signal && { signal }),
      },
      done,
    )
    sent.on('error', failed)
    sent.end(body)
  })
}
