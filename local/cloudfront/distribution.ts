/** A CloudFront distribution on this machine: from a viewer's request to the answer. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../service.ts'
import { chooseBehaviour } from './behaviour.ts'
import { cacheKeyOf } from './caching/cache-key.ts'
import type { StoredObject } from './caching/object-cache.ts'
import { type CacheResult, ObjectSource } from './caching/object-source.ts'
import { newTally, type Tally } from './caching/tally.ts'
import type { Behaviour, BehaviourStats, DistributionOptions } from './config.ts'
import { EdgeFault } from './edge-lambda/edge-fault.ts'
import { includedBodyLimit, runRequestTrigger, runResponseTrigger } from './edge-lambda/edge-lambda.ts'
import { type EdgeRequest, type Headers, type MadeResponse, readRequest, withHeaders } from './message.ts'
import { createOriginClient } from './origin-client.ts'
import { includeBody, triggerOf } from './origin-fetch.ts'
import { applyPolicy } from './response-headers.ts'
import { answerFor, sendBody, type ViewerAnswer } from './viewer-answer.ts'
import type { TestableFunction } from './viewer-function/function-api.ts'
import {
  createViewerFunction,
  type ResponseHead,
  type RunnableViewerFunction,
  type ViewerContext,
} from './viewer-function/viewer-function.ts'

export interface Distribution {
  readonly id: string
  /** Local http stands for https: every viewer protocol policy is met. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Paths as an invalidation names them (`/vod/film/*`). */
  invalidate(paths: readonly string[]): void
  /** The viewer functions of all behaviours, each once. */
  functions(): readonly TestableFunction[]
  /** By path pattern. */
  stats(): Readonly<Record<string, BehaviourStats>>
  close(): void
}

/** A behaviour with what runs at its viewers' edge. */
interface Lane {
  readonly behaviour: Behaviour
  readonly tally: Tally
  readonly viewerRequest: RunnableViewerFunction | undefined
  readonly viewerResponse: RunnableViewerFunction | undefined
}

/** "Maximum length of a request and maximum length of a URL" of the developer guide. */
const maximumUrlLength = 8192

const defaultCacheBytes = 256 * 1024 * 1024

export function createDistribution(options: DistributionOptions): Distribution {
  const { behaviours, origins, log, now = Date.now } = options
  const caller: Caller = { kind: 'service', principal: 'cloudfront.amazonaws.com', sourceArn: options.arn }
  const client = createOriginClient({ connect: options.connect, caller })
  const source = new ObjectSource({
    cacheBytes: options.cacheBytes ?? defaultCacheBytes,
    functions: options.functions,
    client,
    errorResponses: options.errorResponses,
    log,
    now,
  })
  const lanes = new Map<Behaviour, Lane>(
    behaviours.map((behaviour) => {
      const { viewerRequest, viewerResponse } = behaviour
      const lane: Lane = {
        behaviour,
        tally: newTally(),
        viewerRequest: viewerRequest && createViewerFunction(viewerRequest, log),
        viewerResponse: viewerResponse && createViewerFunction(viewerResponse, log),
      }
      return [behaviour, lane]
    }),
  )

  const laneOf = (uri: string): Lane | undefined => {
    const behaviour = chooseBehaviour(behaviours, uri)
    return behaviour && lanes.get(behaviour)
  }

  const find = async (lane: Lane, request: EdgeRequest, context: ViewerContext): Promise<Answered> => {
    const { behaviour, tally } = lane
    const origin = origins.find(({ id }) => id === behaviour.targetOriginId)
    if (origin === undefined) throw new Error(`no origin ${behaviour.targetOriginId}`)
    const cached = ['GET', 'HEAD', ...behaviour.cachedMethods].includes(request.method)
    const key = cached ? cacheKeyOf(behaviour, request) : undefined
    const { object, result, fault } = await source.get({ key, request, behaviour, origin, context, tally })
    return { object, result, fault, request }
  }

  /** The page configured for an error, with the status configured for it. */
  const errorPage = async (answered: Answered, context: ViewerContext): Promise<Answered> => {
    const { status } = answered.object
    const page = options.errorResponses.find(({ errorCode }) => errorCode === status)
    if (page?.responsePagePath === undefined) return answered
    const lane = laneOf(page.responsePagePath)
    if (lane === undefined) return answered
    const { body: _body, ...request } = answered.request
    const found = await find(
      lane,
      { ...request, method: 'GET', uri: page.responsePagePath, querystring: '' },
      context,
    )
    if (found.object.status >= 400) return answered
    answered.object.body.discard()
    return { ...found, object: { ...found.object, status: page.responseCode ?? status }, result: 'Error' }
  }

  const serve = async (
    lane: Lane,
    viewer: EdgeRequest,
    response: ServerResponse,
    context: ViewerContext,
  ): Promise<void> => {
    const { behaviour, tally } = lane
    tally.requests++
    if (!behaviour.allowedMethods.includes(viewer.method)) {
      const text =
        'This distribution is not configured to allow the HTTP request method that was used for this request.'
      sendMade(response, context, {
        made: plain(403, text),
        xCache: 'Error from cloudfront',
        viewer,
        behaviour,
      })
      return
    }
    const changed = await atViewerRequest(options, lane, { viewer, context })
    if (changed.kind === 'response') {
      sendMade(response, context, {
        made: changed.response,
        xCache: `${changed.by}GeneratedResponse from cloudfront`,
        viewer,
        behaviour,
      })
      return
    }
    const request = withRoot(changed.request, options.defaultRootObject)
    const first = await find(lane, request, context)
    const answered = first.object.status >= 400 ? await errorPage(first, context) : first
    const answer = await answerFor(answered.object, request)
    const head = await atViewerResponse(options, lane, { request, answer, context })
    const headers = applyPolicy(head.headers, behaviour.responseHeadersPolicy, viewer)
    response.writeHead(head.status, {
      ...outgoing(headers),
      ...(answered.result === 'Hit' ? { age: String(currentAge(answered.object, now())) } : {}),
      ...edgeHeaders(context, xCacheOf(answered)),
    })
    await sendBody(answered.object, answer, response)
  }

  return {
    id: options.id,
    async handle(message, response) {
      const viewer = readRequest(message)
      const context: ViewerContext = {
        distributionDomainName: options.domainName,
        distributionId: options.id,
        requestId: randomBytes(42).toString('base64url'),
      }
      if (`https://${options.domainName}${message.url}`.length > maximumUrlLength) {
        response.shouldKeepAlive = false
        const made = plain(413, 'Request Entity Too Large')
        return sendMade(response, context, { made, xCache: 'Error from cloudfront', viewer })
      }
      const lane = laneOf(viewer.uri)
      try {
        if (lane === undefined) throw new Error(`no behaviour for ${viewer.uri}`)
        await serve(lane, viewer, response, context)
      } catch (error) {
        if (lane !== undefined) lane.tally.errors++
        const fault = error instanceof EdgeFault ? error : undefined
        const text = error instanceof Error ? error.message : String(error)
        log({
          time: new Date().toISOString(),
          level: 'ERROR',
          source: 'cloudfront',
          requestId: context.requestId,
          message: text,
        })
        if (response.headersSent) response.destroy()
        else {
          const made = plain(fault?.status ?? 502, text)
          sendMade(response, context, { made, xCache: `${fault?.result ?? 'Error'} from cloudfront`, viewer })
        }
      }
      // A body nobody read would keep the connection from its next request.
      message.resume()
      if (!response.writableFinished && !response.destroyed)
        await Promise.race([once(response, 'finish'), once(response, 'close')])
    },
    invalidate: (paths) => source.invalidate(paths),
    functions: () => {
      const testable = [...lanes.values()].flatMap(({ behaviour, viewerRequest, viewerResponse }) => [
        ...(behaviour.viewerRequest && viewerRequest
          ? [{ ...behaviour.viewerRequest, test: viewerRequest.test }]
          : []),
        ...(behaviour.viewerResponse && viewerResponse
          ? [{ ...behaviour.viewerResponse, test: viewerResponse.test }]
          : []),
      ])
      return [...new Map(testable.map((one) => [one.name, one])).values()]
    },
    stats: () =>
      Object.fromEntries(
        [...lanes.values()].map(({ behaviour, tally }) => [behaviour.pathPattern, { ...tally }]),
      ),
    close: () => client.close(),
  }
}

interface Answered {
  readonly object: StoredObject
  readonly result: CacheResult
  readonly fault: EdgeFault | undefined
  readonly request: EdgeRequest
}

type AtViewerRequest =
  | { readonly kind: 'request'; readonly request: EdgeRequest }
  | { readonly kind: 'response'; readonly response: MadeResponse; readonly by: 'Function' | 'Lambda' }

interface ViewerTurn {
  readonly viewer: EdgeRequest
  readonly context: ViewerContext
}

/** The CloudFront Function or the Lambda@Edge function of viewer-request; there can be only one. */
async function atViewerRequest(
  { functions }: DistributionOptions,
  { behaviour, viewerRequest, tally }: Lane,
  { viewer, context }: ViewerTurn,
): Promise<AtViewerRequest> {
  if (viewerRequest !== undefined) {
    tally.viewerFunctions++
    const result = viewerRequest.onRequest(viewer, context)
    return result.kind === 'response' ? { ...result, by: 'Function' } : result
  }
  const lambda = triggerOf(behaviour, 'viewer-request')
  if (lambda === undefined) return { kind: 'request', request: viewer }
  tally.edgeInvocations++
  const included = lambda.includeBody
    ? await includeBody(viewer.body, includedBodyLimit('viewer-request'))
    : undefined
  const body = included === undefined ? {} : { body: included.shown }
  const result = await runRequestTrigger({ functions, lambda, context, request: viewer, ...body })
  return result.kind === 'response'
    ? { ...result, by: 'Lambda' }
    : { kind: 'request', request: result.request }
}

interface ResponseTurn {
  readonly request: EdgeRequest
  readonly answer: ViewerAnswer
  readonly context: ViewerContext
}

/** Not run for errors: functions of viewer-response never see a status of 400 or more. */
async function atViewerResponse(
  { functions }: DistributionOptions,
  { behaviour, viewerResponse, tally }: Lane,
  { request, answer, context }: ResponseTurn,
): Promise<ResponseHead> {
  if (answer.status >= 400) return answer
  if (viewerResponse !== undefined) {
    tally.viewerFunctions++
    return viewerResponse.onResponse(request, answer, context)
  }
  const lambda = triggerOf(behaviour, 'viewer-response')
  if (lambda === undefined) return answer
  tally.edgeInvocations++
  return runResponseTrigger({ functions, lambda, context, request, response: answer })
}

function withRoot(request: EdgeRequest, root: string | undefined): EdgeRequest {
  return request.uri === '/' && root !== undefined && root !== '' ? { ...request, uri: `/${root}` } : request
}

interface Made {
  readonly made: MadeResponse
  readonly xCache: string
  readonly viewer: EdgeRequest
  readonly behaviour?: Behaviour
}

function sendMade(
  response: ServerResponse,
  context: ViewerContext,
  { made, xCache, viewer, behaviour }: Made,
): void {
  const headers = applyPolicy(made.headers, behaviour?.responseHeadersPolicy, viewer)
  response.writeHead(made.status, {
    ...outgoing(withHeaders(headers, { 'content-length': String(made.body.length) })),
    ...edgeHeaders(context, xCache),
  })
  response.end(viewer.method === 'HEAD' ? undefined : made.body)
}

function plain(status: number, text: string): MadeResponse {
  return { status, headers: { 'content-type': ['text/plain'] }, body: Buffer.from(text) }
}

function xCacheOf({ result, fault, object }: Answered): string {
  if (fault !== undefined) return `${fault.result} from cloudfront`
  return `${object.status >= 400 ? 'Error' : result} from cloudfront`
}

function edgeHeaders(context: ViewerContext, xCache: string): Record<string, string> {
  return {
    'x-cache': xCache,
    via: `1.1 ${context.distributionDomainName} (CloudFront)`,
    'x-amz-cf-pop': 'LOCAL-P1',
    'x-amz-cf-id': context.requestId,
  }
}

function currentAge({ storedAtMs, ageSeconds }: StoredObject, nowMs: number): number {
  return ageSeconds + Math.max(0, Math.floor((nowMs - storedAtMs) / 1000))
}

function outgoing(headers: Headers): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]))
}
