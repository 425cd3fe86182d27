/** Lambda@Edge: the event of each trigger, what may come back, and how large it may be. */

import type { Functions } from '../../lambda/index.ts'
import { AwsFault } from '../../service.ts'
import type { EdgeEventType, EdgeLambda } from '../config.ts'
import { headerViolation, madeHeaderViolation, shownHeaders } from '../header-rules.ts'
import type { EdgeRequest, Headers, MadeResponse } from '../message.ts'
import type { ResponseHead, ViewerContext } from '../viewer-function/viewer-function.ts'
import { EdgeFault } from './edge-fault.ts'
import { originInEvent, originOfEvent, type ResolvedOrigin } from './edge-origin.ts'

/** A body that Include Body shows to the function. */
export interface IncludedBody {
  readonly bytes: Buffer
  readonly truncated: boolean
}

export interface RequestTrigger {
  readonly functions: Functions
  readonly lambda: EdgeLambda
  readonly context: ViewerContext
  readonly request: EdgeRequest
  /** Only origin triggers are shown it. */
  readonly origin?: ResolvedOrigin
  readonly body?: IncludedBody
}

export type RequestTriggerResult =
  | {
      readonly kind: 'request'
      readonly request: EdgeRequest
      readonly origin: ResolvedOrigin | undefined
      /** A body the function replaced. */
      readonly body: Buffer | undefined
    }
  | { readonly kind: 'response'; readonly response: MadeResponse }

const generatedLimitBytes: Readonly<Record<EdgeEventType, number>> = {
  'viewer-request': 40 * 1024,
  'viewer-response': 40 * 1024,
  'origin-request': 1024 * 1024,
  'origin-response': 1024 * 1024,
}

/** Bytes of a request's body that Include Body shows. */
export function includedBodyLimit(eventType: EdgeEventType): number {
  return generatedLimitBytes[eventType]
}

export async function runRequestTrigger(trigger: RequestTrigger): Promise<RequestTriggerResult> {
  const { lambda, request, origin, body } = trigger
  const shown = {
    ...requestInEvent(request),
    ...(origin === undefined ? {} : { origin: originInEvent(origin) }),
    ...(body === undefined
      ? {}
      : {
          body: {
            inputTruncated: body.truncated,
            action: 'read-only',
            encoding: 'base64',
            data: body.bytes.toString('base64'),
          },
        }),
  }
  const value = await invoke(trigger, { request: shown })
  if ('status' in value) return { kind: 'response', response: generated(value, lambda.eventType) }
  return {
    kind: 'request',
    request: changedRequest(request, value, lambda.eventType),
    origin: origin === undefined ? undefined : originOfEvent(value['origin'], origin),
    body: replacedBody(value['body']),
  }
}

export interface ResponseTrigger extends RequestTrigger {
  readonly response: ResponseHead
}

/** The head as the function leaves it, with a body only when it replaced the origin's. */
export async function runResponseTrigger(
  trigger: ResponseTrigger,
): Promise<ResponseHead & { readonly body?: Buffer | undefined }> {
  const { lambda, request, response, origin } = trigger
  const shown = shownHeaders(response.headers)
  const value = await invoke(trigger, {
    request: {
      ...requestInEvent(request),
      ...(origin === undefined ? {} : { origin: originInEvent(origin) }),
    },
    response: { status: String(response.status), statusDescription: '', headers: linesOf(shown) },
  })
  const headers = readHeaders(value['headers'])
  const violation = headerViolation(lambda.eventType, shown, headers)
  if (violation !== undefined) throw invalid(violation)
  const status = readStatus(value['status'])
  if (lambda.eventType === 'viewer-response' && status !== response.status)
    throw invalid('status is read-only')
  if (value['body'] === undefined) return { status, headers }
  return { status, headers, body: generated(value, lambda.eventType).body }
}

async function invoke(
  { functions, lambda, context }: RequestTrigger,
  cf: object,
): Promise<Readonly<Record<string, unknown>>> {
  const { requestId, ...config } = context
  const event = {
    Records: [{ cf: { config: { ...config, eventType: lambda.eventType, requestId }, ...cf } }],
  }
  const invocation = await functions
    .invoke(lambda.functionArn, JSON.stringify(event))
    .catch((error: unknown) => {
      if (error instanceof AwsFault && error.status === 429)
        throw new EdgeFault('LambdaLimitExceeded', error.message)
      throw new EdgeFault('LambdaExecutionError', error instanceof Error ? error.message : String(error))
    })
  if (invocation.functionError !== undefined) {
    const timedOut = invocation.payload.includes('Sandbox.Timedout')
    throw new EdgeFault(timedOut ? 'LambdaLimitExceeded' : 'LambdaExecutionError', invocation.payload)
  }
  const value: unknown = JSON.parse(invocation.payload)
  if (!isRecord(value)) throw invalid('the function did not return an object')
  return value
}

function requestInEvent(request: EdgeRequest): object {
  return {
    clientIp: request.clientIp,
    headers: linesOf(shownHeaders(request.headers)),
    method: request.method,
    querystring: request.querystring,
    uri: request.uri,
  }
}

function changedRequest(
  request: EdgeRequest,
  value: Readonly<Record<string, unknown>>,
  event: EdgeEventType,
): EdgeRequest {
  const { uri, querystring, method } = value
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw invalid('uri must begin with a slash')
  if (typeof querystring !== 'string') throw invalid('querystring must be a string')
  if (method !== request.method) throw invalid('method is read-only')
  const shown = shownHeaders(request.headers)
  const headers = readHeaders(value['headers'])
  const violation = headerViolation(event, shown, headers)
  if (violation !== undefined) throw invalid(violation)
  const hidden = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !(name in shown)))
  return { ...request, uri, querystring, headers: { ...hidden, ...headers } }
}

function replacedBody(value: unknown): Buffer | undefined {
  if (!isRecord(value) || value['action'] !== 'replace') return undefined
  const data: unknown = value['data']
  if (typeof data !== 'string') throw invalid('body.data must be a string')
  return Buffer.from(data, value['encoding'] === 'text' ? 'utf8' : 'base64')
}

/**
 * A response the function made. AWS does not say whether its limit counts the body or what the function returns: here it
 * is the latter, as JSON, in which a quote takes two bytes.
 */
function generated(value: Readonly<Record<string, unknown>>, eventType: EdgeEventType): MadeResponse {
  const headers = readHeaders(value['headers'])
  const violation = eventType.endsWith('request') ? madeHeaderViolation(headers) : undefined
  if (violation !== undefined) throw invalid(violation)
  const body: unknown = value['body'] ?? ''
  if (typeof body !== 'string') throw invalid('body must be a string')
  const encoding: unknown = value['bodyEncoding'] ?? 'text'
  if (encoding !== 'text' && encoding !== 'base64') throw invalid('bodyEncoding must be text or base64')
  const bytes = Buffer.byteLength(JSON.stringify(value))
  const limit = generatedLimitBytes[eventType]
  if (bytes > limit) throw invalid(`the response has ${bytes} bytes, ${limit} are allowed for ${eventType}`)
  return {
    status: readStatus(value['status']),
    headers,
    body: Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8'),
  }
}

function readStatus(value: unknown): number {
  const status = Number(value)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw invalid('status must be from 200 to 599')
  return status
}

/** `{name: [{key, value}]}`; a key, where given, must be the name in any case. */
function readHeaders(value: unknown): Headers {
  if (value === undefined) return {}
  if (!isRecord(value)) throw invalid('headers must be an object')
  return Object.fromEntries(
    Object.entries(value).map(([name, lines]) => {
      if (!Array.isArray(lines)) throw invalid(`header ${name} must be a list`)
      const entries: readonly unknown[] = lines
      return [name.toLowerCase(), entries.map((line) => readLine(name, line))]
    }),
  )
}

function readLine(name: string, line: unknown): string {
  const value: unknown = isRecord(line) ? line['value'] : undefined
  const key: unknown = isRecord(line) ? line['key'] : undefined
  if (typeof value !== 'string') throw invalid(`header ${name} must have string values`)
  if (typeof key === 'string' && key.toLowerCase() !== name.toLowerCase())
    throw invalid(`header key ${key} is not ${name}`)
  return value
}

function linesOf(headers: Headers): Record<string, { key: string; value: string }[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      values.map((value) => ({ key: titled(name), value })),
    ]),
  )
}

/** `user-agent` as it stands in requests: `User-Agent`. */
function titled(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

function invalid(reason: string): EdgeFault {
  return new EdgeFault('LambdaValidationError', `The Lambda function result failed validation: ${reason}`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
