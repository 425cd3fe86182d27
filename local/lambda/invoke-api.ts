/** `POST /2015-03-31/functions/<name>/invocations`: what the SDK and the CLI call `Invoke`. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AwsFault } from '../service.ts'
import type { Invocation } from './definition.ts'
import { requestTooLarge } from './fault.ts'
import type { LambdaLimits } from './limits.ts'
import { readBody } from './read-body.ts'

export interface InvokeApiOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly limits: LambdaLimits
  readonly invoke: (name: string, payload: string) => Promise<Invocation>
  readonly invokeAsync: (name: string, payload: string) => Promise<{ readonly requestId: string }>
  /** Throws when the function is not there or may not be invoked. */
  readonly dryRun: (name: string) => void
}

export async function handleInvoke(options: InvokeApiOptions): Promise<void> {
  const { request, response } = options
  try {
    const url = new URL(request.url ?? '/', 'http://lambda')
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(url.pathname)?.[1]
    if (name === undefined || request.method !== 'POST') {
      throw new AwsFault(
        'UnknownOperationException',
        `${request.method} ${url.pathname} is not served here`,
        404,
      )
    }
    const qualifier = url.searchParams.get('Qualifier')
    const target = decodeURIComponent(name) + (qualifier === null ? '' : `:${qualifier}`)
    await invokeAs(request.headers['x-amz-invocation-type'] ?? 'RequestResponse', target, options)
  } catch (error) {
    answerFault(response, error)
  }
}

async function invokeAs(type: string | string[], target: string, options: InvokeApiOptions): Promise<void> {
  const { request, response, limits } = options
  switch (type) {
    case 'DryRun':
      options.dryRun(target)
      response.writeHead(204, { 'x-amzn-requestid': randomUUID() }).end()
      return
    case 'Event': {
      const { requestId } = await options.invokeAsync(target, await bodyOf(request, limits.eventBytes))
      response.writeHead(202, { 'x-amzn-requestid': requestId }).end()
      return
    }
    case 'RequestResponse': {
      const answer = await options.invoke(target, await bodyOf(request, limits.requestBytes))
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-amzn-requestid': answer.requestId,
        'x-amz-executed-version': '$LATEST',
        ...(answer.functionError === undefined ? {} : { 'x-amz-function-error': answer.functionError }),
      })
      response.end(answer.payload)
      return
    }
    default:
      throw new AwsFault('InvalidParameterValueException', `Unsupported invocation type: ${String(type)}`)
  }
}

async function bodyOf(request: IncomingMessage, limit: number): Promise<string> {
  const body = await readBody(request, limit)
  if (body === undefined) throw requestTooLarge(limit)
  return body.toString('utf8')
}

function answerFault(response: ServerResponse, error: unknown): void {
  const fault =
    error instanceof AwsFault
      ? error
      : new AwsFault('ServiceException', error instanceof Error ? error.message : String(error), 500)
  response.writeHead(fault.status, {
    'content-type': 'application/json',
    'x-amzn-errortype': fault.code,
    'x-amzn-requestid': randomUUID(),
  })
  response.end(
    JSON.stringify({
      Type: fault.status < 500 ? 'User' : 'Service',
      Message: fault.message,
      message: fault.message,
      ...fault.detail,
    }),
  )
}
