/** CloudFront Functions: the event they get and what may come back. */

import type { Log } from '../../lambda/index.ts'
import { noNames } from '../../names.ts'
import { AwsFault } from '../../service.ts'
import type { ViewerFunction } from '../config.ts'
import { EdgeFault } from '../edge-lambda/edge-fault.ts'
import { headerViolation, madeHeaderViolation, shownHeaders } from '../header-rules.ts'
import { cookiePairs, type EdgeRequest, type Headers, type MadeResponse, queryPairs } from '../message.ts'
import { checkFunction } from './function-grammar.ts'
import { createRealm } from './viewer-function-realm.ts'

/** Who runs the function. */
export interface ViewerContext {
  readonly distributionDomainName: string
  readonly distributionId: string
  readonly requestId: string
}

export type RequestResult =
  | { readonly kind: 'request'; readonly request: EdgeRequest }
  | { readonly kind: 'response'; readonly response: MadeResponse }

/** Status and headers of a response on its way to the viewer. */
export interface ResponseHead {
  readonly status: number
  readonly headers: Headers
}

export interface RunnableViewerFunction {
  onRequest(request: EdgeRequest, context: ViewerContext): RequestResult
  /** What it returns for an event of the caller's own; throws EdgeFault where it fails. */
  readonly test: (event: object) => Readonly<Record<string, unknown>>
  onResponse(request: EdgeRequest, response: ResponseHead, context: ViewerContext): ResponseHead
}

/** Quotas of CloudFront Functions. */
const maximumCodeBytes = 10_240
const maximumBodyBytes = 40_960

/** Takes what CloudFront would run; a text beyond its grammar is refused here, not with 503 for every viewer. */
export function createViewerFunction(definition: ViewerFunction, log: Log): RunnableViewerFunction {
  const { name, code } = definition
  const bytes = Buffer.byteLength(code)
  if (bytes > maximumCodeBytes) {
    throw new AwsFault(
      'FunctionSizeLimitExceeded',
      `${name}: expected at most ${maximumCodeBytes} bytes of code, got ${bytes}`,
      413,
    )
  }
  checkFunction(name, code)
  let requestId = ''
  const print = (level: 'INFO' | 'ERROR', message: string): void =>
    log({ time: new Date().toISOString(), level, source: `cloudfront-function/${name}`, requestId, message })
  const realm = createRealm(definition, (text) => print('INFO', text))

  const run = (event: object): Readonly<Record<string, unknown>> => {
    let answer: string | undefined
    try {
      answer = realm.run(JSON.stringify(event))
    } catch (error) {
      const text = messageOf(error)
      print('ERROR', text)
      throw new EdgeFault('FunctionExecutionError', text)
    }
    const value: unknown = answer === undefined ? undefined : JSON.parse(answer)
    if (!isRecord(value)) throw invalid('the function did not return an object')
    return value
  }

  return {
    test: run,
    onRequest(request, context) {
      requestId = context.requestId
      const value = run(eventOf('viewer-request', request, context))
      if ('statusCode' in value) return { kind: 'response', response: madeResponse(value) }
      return { kind: 'request', request: changedRequest(request, value) }
    },
    onResponse(request, response, context) {
      requestId = context.requestId
      const event = { ...eventOf('viewer-response', request, context), response: shownResponse(response) }
      const value = run(event)
      const headers = readHeaders(value['headers'], value['cookies'], 'set-cookie')
      const violation = headerViolation('viewer-response', shownHeaders(response.headers), headers)
      if (violation !== undefined) throw invalid(violation)
      return { status: readStatus(value['statusCode'] ?? response.status), headers }
    },
  }
}

function eventOf(eventType: string, request: EdgeRequest, context: ViewerContext): object {
  const { cookie: _cookie, ...headers } = shownHeaders(request.headers)
  return {
    version: '1.0',
    context: { ...context, eventType },
    viewer: { ip: request.clientIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: valuesOf(queryPairs(request.querystring)),
      headers: valuesOf(
        Object.entries(headers).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
      ),
      cookies: valuesOf(cookiePairs(request.headers)),
    },
  }
}

function shownResponse({ status, headers }: ResponseHead): object {
  const { 'set-cookie': cookies = [], ...rest } = shownHeaders(headers)
  return {
    statusCode: status,
    headers: valuesOf(
      Object.entries(rest).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    ),
    cookies: Object.fromEntries(
      cookies.map((line) => {
        const [pair = '', ...attributes] = line.split(/;\s*/)
        const at = pair.indexOf('=')
        return [pair.slice(0, at), { value: pair.slice(at + 1), attributes: attributes.join('; ') }]
      }),
    ),
  }
}

interface Value {
  value: string
  multiValue?: { value: string }[]
}

/** `{name: {value, multiValue?}}`, as the functions see headers, query and cookies. */
function valuesOf(pairs: readonly (readonly [name: string, value: string])[]): Record<string, Value> {
  const values = noNames<Value>()
  for (const [name, value] of pairs) {
    const before = values[name]
    if (before === undefined) values[name] = { value }
    else (before.multiValue ??= [{ value: before.value }]).push({ value })
  }
  return values
}

function changedRequest(request: EdgeRequest, value: Readonly<Record<string, unknown>>): EdgeRequest {
  const { uri, method } = value
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw invalid('uri must begin with a slash')
  if (method !== request.method) throw invalid('method is read-only')
  const headers = readHeaders(value['headers'], value['cookies'], 'cookie')
  const violation = headerViolation('viewer-request', shownHeaders(request.headers), headers)
  if (violation !== undefined) throw invalid(violation)
  // What the function was not shown goes on as it came.
  const hidden = Object.entries(request.headers).filter(([name]) => !(name in shownHeaders(request.headers)))
  return {
    ...request,
    uri,
    querystring: readQuery(value['querystring']),
    headers: { ...Object.fromEntries(hidden), ...headers },
  }
}

function readQuery(value: unknown): string {
  if (typeof value === 'string') return value
  const pairs = linesOf(value, 'querystring')
  return pairs.map(([name, text]) => (text === '' ? name : `${name}=${text}`)).join('&')
}

function readHeaders(headers: unknown, cookies: unknown, cookieHeader: 'cookie' | 'set-cookie'): Headers {
  const read = noNames<string[]>()
  for (const [name, value] of linesOf(headers, 'headers')) {
    if (name !== name.toLowerCase()) throw invalid(`header name ${name} must be in lower case`)
    const values = (read[name] ??= [])
    values.push(value)
  }
  const pairs = linesOf(cookies, 'cookies')
  if (pairs.length === 0) return read
  const lines = pairs.map(([name, value, attributes]) =>
    [`${name}=${value}`, attributes].filter(Boolean).join('; '),
  )
  return { ...read, [cookieHeader]: cookieHeader === 'cookie' ? [lines.join('; ')] : lines }
}

/** `{name: {value, multiValue?}}` in one line a value. */
function linesOf(
  values: unknown,
  what: string,
): readonly (readonly [name: string, value: string, attributes: string])[] {
  if (values === undefined) return []
  if (!isRecord(values)) throw invalid(`${what} must be an object`)
  return Object.entries(values).flatMap(([name, entry]) => {
    if (!isRecord(entry)) throw invalid(`${what}: ${name} must be an object`)
    const several: unknown = entry['multiValue']
    const each: readonly unknown[] = Array.isArray(several) && several.length > 0 ? several : [entry]
    return each.map((one) => {
      const text: unknown = isRecord(one) ? one['value'] : undefined
      if (typeof text !== 'string') throw invalid(`${what}: the value of ${name} must be a string`)
      const attributes: unknown = isRecord(one) ? one['attributes'] : undefined
      return [name, text, typeof attributes === 'string' ? attributes : ''] as const
    })
  })
}

function madeResponse(value: Readonly<Record<string, unknown>>): MadeResponse {
  const headers = readHeaders(value['headers'], value['cookies'], 'set-cookie')
  const violation = madeHeaderViolation(headers)
  if (violation !== undefined) throw invalid(violation)
  const body = readBody(value['body'])
  if (body.length > maximumBodyBytes)
    throw invalid(`the body has ${body.length} bytes, more than ${maximumBodyBytes}`)
  return { status: readStatus(value['statusCode']), headers, body }
}

function readBody(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  if (typeof body === 'string') return Buffer.from(body)
  const data: unknown = isRecord(body) ? body['data'] : undefined
  if (!isRecord(body) || typeof data !== 'string') throw invalid('body must be a string or {encoding, data}')
  return Buffer.from(data, body['encoding'] === 'base64' ? 'base64' : 'utf8')
}

function readStatus(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 100 || value > 599) {
    throw invalid('statusCode must be a number from 100 to 599')
  }
  return value
}

function invalid(reason: string): EdgeFault {
  return new EdgeFault(
    'FunctionValidationError',
    `The CloudFront function returned an invalid value: ${reason}`,
  )
}

/** An error of the function's own realm is not `instanceof` ours. */
function messageOf(error: unknown): string {
  return isRecord(error) && typeof error['message'] === 'string' ? error['message'] : String(error)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
