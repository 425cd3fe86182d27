/**
 * Requests to AWS services signed without the SDK, over Node's https, for functions whose cold start a viewer waits
 * for: the SDK's clients take longer to load than all that such a function does for its first viewer.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { realPauses } from '../retry.ts'
import { isBusy } from './busy.ts'
import { runtime } from './runtime.ts'
import { refusalOf } from './service-refusal.ts'
import { signedHeaders } from './sigv4.ts'

/** A request to an AWS service. */
export interface ServiceCall {
  readonly service: Service
  /** @default the function's region */
  readonly region?: string | undefined
  /** URI-encoded. */
  readonly path: string
  /** URI-encoded and sorted. */
  readonly query?: string
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** The method is POST with a body, GET without. */
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  /** @default the endpoint in the environment, else AWS's */
  readonly endpoint?: string | undefined
}

/** The services' names in the environment variables of their endpoints. */
const variables = {
  s3: 'S3',
  dynamodb: 'DYNAMODB',
  events: 'EVENTBRIDGE',
  kms: 'KMS',
  secretsmanager: 'SECRETS_MANAGER',
  sqs: 'SQS',
} as const

/** A service, by its name in signatures and host names. */
export type Service = keyof typeof variables

/** The number of tries and the bound of the first pause are the SDK's. */
const maxTries = 3
const firstPauseMs = 100

/** Connections are kept alive; the limit of sockets is the SDK's. */
const limits = { keepAlive: true, maxSockets: 50 }
const agents = { plain: new HttpAgent(limits), secure: new HttpsAgent(limits) }

/**
 * Sends a request and returns what `read` makes of the answer. Throws a ServiceRefusal for an error answer; transient
 * failures are retried, and the last one is thrown.
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

/** Reads a body to its end. */
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
        // An IPv6 address has brackets in URLs only.
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        // A retry takes a new connection: all kept-alive ones may have been closed while the environment was frozen.
        agent: isFirst ? pool : false,
        ...(signal && { signal }),
      },
      done,
    )
    sent.on('error', failed)
    sent.end(body)
  })
}
