/** Payload format 2.0: the event HTTP APIs and Function URLs make of a request. */
import type { IncomingMessage } from 'node:http'
import { noNames } from '../names.ts'
import { account } from '../service.ts'

export interface PayloadOptions {
  readonly request: IncomingMessage
  readonly body: Buffer
  /** The path as the door hands it on: HTTP APIs decode it, Function URLs do not. */
  readonly rawPath: string
  /** Never decoded; empty where there is none. */
  readonly rawQueryString: string
  readonly apiId: string
  readonly domainName: string
  readonly requestId: string
  readonly routeKey: string
  readonly stage: string
  readonly pathParameters?: Readonly<Record<string, string>>
  readonly stageVariables?: Readonly<Record<string, string>>
  readonly authorizer?: Readonly<Record<string, unknown>>
  readonly now: Date
}

/** The event without its body: an authorizer sees this much. */
export interface RequestEvent {
  readonly version: '2.0'
  readonly routeKey: string
  readonly rawPath: string
  readonly rawQueryString: string
  readonly cookies?: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly queryStringParameters?: Readonly<Record<string, string>>
  readonly requestContext: Readonly<Record<string, unknown>>
  readonly pathParameters?: Readonly<Record<string, string>>
  readonly stageVariables?: Readonly<Record<string, string>>
}

export interface PayloadEvent extends RequestEvent {
  readonly body?: string
  readonly isBase64Encoded: boolean
}

export function payloadEvent(options: PayloadOptions): PayloadEvent {
  const { body, request } = options
  const text = isText(request)
  return {
    ...requestEvent(options),
    ...(body.length === 0 ? {} : { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  }
}

export function requestEvent(options: Omit<PayloadOptions, 'body'>): RequestEvent {
  const { request, rawPath, rawQueryString, routeKey } = options
  const headers = headersOf(request, options.domainName)
  const { cookie, ...shown } = headers
  const query = queryOf(rawQueryString)
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: shown,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId: options.apiId,
      ...(options.authorizer === undefined ? {} : { authorizer: options.authorizer }),
      domainName: options.domainName,
      domainPrefix: options.domainName.split('.')[0],
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: options.requestId,
      routeKey,
      stage: options.stage,
      time: clfTime(options.now),
      timeEpoch: options.now.getTime(),
    },
    ...(options.pathParameters === undefined ? {} : { pathParameters: options.pathParameters }),
    ...(options.stageVariables === undefined ? {} : { stageVariables: options.stageVariables }),
  }
}

/** Path and query of a request's target, as they were sent. */
export function splitTarget(target: string): { readonly rawPath: string; readonly rawQueryString: string } {
  const mark = target.indexOf('?')
  return mark < 0
    ? { rawPath: target, rawQueryString: '' }
    : { rawPath: target.slice(0, mark), rawQueryString: target.slice(mark + 1) }
}

/** Names in lower case, repeated headers joined by commas. */
function headersOf(request: IncomingMessage, host: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    // A body in chunks is whole when it comes here, and nothing says that it was not.
    if (name === 'transfer-encoding' || name === 'expect') continue
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',')
  }
  return { ...headers, host }
}

/** Decoded, repeated names joined by commas. */
function queryOf(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined
  const query = noNames<string>()
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = query[name]
    query[name] = before === undefined ? value : `${before},${value}`
  }
  return query
}

/** Bodies of other types arrive in base64, form posts among them. */
function isText(request: IncomingMessage): boolean {
  if (request.headers['content-encoding'] !== undefined) return false
  const type = request.headers['content-type'] ?? 'text/plain'
  return /^(text\/|application\/(json|xml|javascript)\b|application\/[\w.-]+\+(json|xml)\b)/i.test(type)
}

/** `12/Mar/2026:19:03:58 +0000`. */
function clfTime(now: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
