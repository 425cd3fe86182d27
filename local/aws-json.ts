/** The AWS JSON protocols: an operation named by X-Amz-Target, JSON in, JSON or a typed error out. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import { isRecord } from './json-input.ts'
import { AwsFault, type Caller, ConnectionReset } from './service.ts'

/** How one service speaks the protocol. */
export interface JsonProtocol {
  readonly version: '1.0' | '1.1'
  /** What stands before an error's code in `__type`: `com.amazonaws.sqs#`. */
  readonly namespace: string
  /** A longer request is refused with 413 before it is kept. */
  readonly maxBytes: number
  /** Whether answers carry x-amz-crc32, as DynamoDB's do. */
  readonly crc32?: boolean
  /** The code an older client of the service's query protocol knows an error by, sent beside the new one. */
  readonly queryCode?: (code: string) => string
}

/** One request: `DynamoDB_20120810.GetItem` is service `DynamoDB_20120810`, operation `GetItem`. */
export interface JsonCall {
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: Caller
  /** Aborted when the client goes away before its answer. */
  readonly signal: AbortSignal
}

/** Reads the call, has it answered, and words a fault as AWS does; the response is always ended. */
export async function serveJson(
  protocol: JsonProtocol,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly caller: Caller },
  answer: (call: JsonCall) => unknown,
): Promise<void> {
  const { request, response, caller } = exchange
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const contentType = `application/x-amz-json-${protocol.version}`
  try {
    const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
    const input = parseJsonBody(await readBody(request, protocol.maxBytes))
    const body = await answer({ service, operation, input, caller, signal: gone.signal })
    sendJson(response, { status: 200, body: body ?? {}, contentType, crc32: protocol.crc32 })
  } catch (error) {
    if (error instanceof ConnectionReset) {
      response.destroy()
      return
    }
    const fault = jsonFault(error)
    const { code, status, message, detail } = fault
    const body = { __type: protocol.namespace + code, message, ...detail }
    const headers: Record<string, string> = { 'x-amzn-errortype': code }
    if (protocol.queryCode !== undefined) {
      headers['x-amzn-query-error'] = `${protocol.queryCode(code)};${status < 500 ? 'Sender' : 'Receiver'}`
    }
    sendJson(response, { status, body, contentType, crc32: protocol.crc32, headers })
  }
}

/** What is sent as JSON. */
export interface JsonAnswer {
  readonly status: number
  readonly body: unknown
  readonly contentType: string
  readonly crc32?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** Ends the response with a JSON body and the headers every AWS answer has. */
export function sendJson(response: ServerResponse, answer: JsonAnswer): void {
  if (response.destroyed || response.headersSent) return
  const bytes = Buffer.from(JSON.stringify(answer.body))
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    ...(answer.crc32 === true && { 'x-amz-crc32': String(crc32(bytes)) }),
    // Past the bound the rest of the request is never read, so the connection cannot be used again.
    ...(answer.status === 413 && { connection: 'close' }),
    ...answer.headers,
  })
  response.end(bytes)
}

/** The fault a client of a JSON service is to see; what is no `AwsFault` is a bug of ours and is printed. */
export function jsonFault(error: unknown, deniedStatus = 400): AwsFault {
  if (!(error instanceof AwsFault)) {
    console.error(error)
    return new AwsFault('InternalServerError', error instanceof Error ? error.message : String(error), 500)
  }
  // IAM's refusal has one name in S3's XML and another in JSON, with another status.
  if (error.code !== 'AccessDenied') return error
  return new AwsFault('AccessDeniedException', error.message, deniedStatus, error.detail)
}

/** The request's body, refused as soon as it passes `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > maxBytes) {
      throw new AwsFault('RequestEntityTooLargeException', `Request body exceeds ${maxBytes} bytes`, 413)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** The JSON object of a body; an empty body is an empty object. */
export function parseJsonBody(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isRecord(value)) return value
  } catch {
    // answered below: a body that is no JSON and one that is no object are the same mistake
  }
  throw new AwsFault('SerializationException', 'The request body is not a JSON object')
}
