/** One fetch behind the cache: the origin-request trigger, the origin, the origin-response trigger. */
import { Readable } from 'node:stream'
import type { Functions } from '../lambda/index.ts'
import { forwardedRequest } from './caching/cache-key.ts'
import type { Tally } from './caching/tally.ts'
import { compressed } from './compression.ts'
import type { Behaviour, EdgeLambda, Origin } from './config.ts'
import {
  type IncludedBody,
  includedBodyLimit,
  runRequestTrigger,
  runResponseTrigger,
} from './edge-lambda/edge-lambda.ts'
import type { ResolvedOrigin } from './edge-lambda/edge-origin.ts'
import { type EdgeRequest, type Headers, withHeaders } from './message.ts'
import type { OriginAnswer, OriginClient } from './origin-client.ts'
import type { ViewerContext } from './viewer-function/viewer-function.ts'

export interface OriginFetch {
  readonly behaviour: Behaviour
  readonly origin: Origin
  readonly request: EdgeRequest
  readonly context: ViewerContext
  readonly tally: Tally
  /** `if-none-match` and `if-modified-since` of what the cache has, or the viewer's `range`. */
  readonly conditions: Readonly<Record<string, string | undefined>>
}

export interface OriginFetchOptions {
  readonly functions: Functions
  readonly client: OriginClient
}

/** What comes into the cache; throws `EdgeFault` or `OriginUnavailable`. */
export async function fetchFromOrigin(
  { functions, client }: OriginFetchOptions,
  { behaviour, origin: configured, request: viewer, context, tally, conditions }: OriginFetch,
): Promise<OriginAnswer> {
  if (configured.originShield) tally.shieldRequests++
  let origin: ResolvedOrigin = configured
  let body: Readable | Buffer | undefined = viewer.body
  const forwarded = forwardedRequest(behaviour, viewer)
  let request: EdgeRequest = {
    ...forwarded,
    headers: withHeaders(forwarded.headers, {
      host: origin.domainName,
      via: `${viaOf(viewer.headers)}1.1 ${context.distributionDomainName} (CloudFront)`,
      ...conditions,
    }),
  }

  const before = triggerOf(behaviour, 'origin-request')
  if (before !== undefined) {
    tally.edgeInvocations++
    const included = before.includeBody
      ? await includeBody(body, includedBodyLimit('origin-request'))
      : undefined
    if (included !== undefined) body = included.whole
    const result = await runRequestTrigger({
      functions,
      lambda: before,
      context,
      request,
      origin,
      ...(included === undefined ? {} : { body: included.shown }),
    })
    if (result.kind === 'response') {
      const { status, headers, body: bytes } = result.response
      return compressed(made(status, headers, bytes), behaviour, viewer)
    }
    request = result.request
    origin = result.origin ?? origin
    body = result.body ?? body
  }

  tally.originRequests++
  const answer = await client.fetch(request, origin, body)
  return compressed(
    await afterOrigin({ functions, behaviour, context, tally, request, origin, answer }),
    behaviour,
    viewer,
  )
}

/** A response that did not come over the wire. */
export function made(status: number, headers: Headers, body: Buffer): OriginAnswer {
  return {
    status,
    headers: withHeaders(headers, { 'content-length': String(body.length) }),
    body: Readable.from(body.length === 0 ? [] : [body]),
  }
}

interface AfterOrigin {
  readonly functions: Functions
  readonly behaviour: Behaviour
  readonly context: ViewerContext
  readonly tally: Tally
  readonly request: EdgeRequest
  readonly origin: ResolvedOrigin
  readonly answer: OriginAnswer
}

/** The function never sees the origin's body; it may replace it. */
async function afterOrigin({
  functions,
  behaviour,
  context,
  tally,
  request,
  origin,
  answer,
}: AfterOrigin): Promise<OriginAnswer> {
  const lambda = triggerOf(behaviour, 'origin-response')
  if (lambda === undefined) return answer
  tally.edgeInvocations++
  const changed = await runResponseTrigger({ functions, lambda, context, request, origin, response: answer })
  if (changed.body === undefined)
    return { status: changed.status, headers: changed.headers, body: answer.body }
  answer.body.resume()
  return made(changed.status, changed.headers, changed.body)
}

export function triggerOf(behaviour: Behaviour, eventType: EdgeLambda['eventType']): EdgeLambda | undefined {
  return behaviour.edgeLambdas.find((lambda) => lambda.eventType === eventType)
}

/** Reads the body: the function sees its beginning, the origin gets the whole. */
export async function includeBody(
  body: Readable | Buffer | undefined,
  limitBytes: number,
): Promise<{ readonly shown: IncludedBody; readonly whole: Buffer } | undefined> {
  if (body === undefined) return undefined
  const whole = Buffer.isBuffer(body) ? body : Buffer.concat(await body.toArray())
  return { whole, shown: { bytes: whole.subarray(0, limitBytes), truncated: whole.length > limitBytes } }
}

function viaOf(headers: Headers): string {
  const via = headers['via']
  return via === undefined ? '' : `${via.join(', ')}, `
}
