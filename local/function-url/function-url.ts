/**
 * A Function URL (`AWS::Lambda::Url`): payload format 2.0 in, a buffered or a streamed response out. Lengths are its
 * own: a `content-length` of the function leaves as `x-amzn-remapped-content-length`, and what is streamed is chunked.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Answer, answerOf, payloadEvent, responseHeaders, splitTarget } from '../http-api/index.ts'
import { type Functions, type Invocation, type Log, readBody } from '../lambda/index.ts'
import { type Authorize, AwsFault, type Caller, region } from '../service.ts'
import { readPrelude } from './prelude.ts'

export interface FunctionUrlOptions {
  /** First label of the URL's host name. */
  readonly urlId: string
  /** Name or ARN, with its qualifier if the URL has one. */
  readonly functionName: string
  readonly functionArn: string
  readonly authType: 'AWS_IAM' | 'NONE'
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM'
  readonly functions: Functions
  readonly authorize?: Authorize
  readonly log: Log
}

export interface FunctionUrl {
  /** `target` is path and query below the URL (`/media/x.m4s?y=1`). */
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller, target: string): Promise<void>
}

const requestLimitBytes = 6 * 1024 * 1024
const httpPrelude = 'application/vnd.awslambda.http-integration-response'

export function createFunctionUrl(options: FunctionUrlOptions): FunctionUrl {
  const { urlId, functionName, functions, invokeMode } = options
  return {
    async handle(request, response, caller, target) {
      const requestId = randomUUID()
      response.setHeader('x-amzn-requestid', requestId)
      try {
        const body = await readBody(request, requestLimitBytes)
        allowed(options, caller, request)
        if (body === undefined) throw new AwsFault('RequestEntityTooLargeException', 'Request Too Long', 413)
        const event = JSON.stringify(
          payloadEvent({
            request,
            body,
            ...splitTarget(target),
            apiId: urlId,
            domainName: `${urlId}.lambda-url.${region}.on.aws`,
            requestId,
            routeKey: '$default',
            stage: '$default',
            now: new Date(),
          }),
        )
        if (invokeMode === 'BUFFERED') {
          send(request, response, answerBuffered(await functions.invoke(functionName, event, { requestId })))
          return
        }
        const streamed = await functions.invokeStreaming(functionName, event, { requestId })
        if (streamed.kind === 'buffered') send(request, response, answerBuffered(streamed.invocation))
        else if (!(await sendStream(request, response, streamed)))
          report(options, requestId, new Error('the function ended its stream without a write: no answer'))
      } catch (error) {
        refuse(response, error)
        report(options, requestId, error)
      }
    },
  }
}

/** Since October 2025 a caller needs both actions. */
function allowed(
  { authorize, authType, functionArn }: FunctionUrlOptions,
  caller: Caller,
  request: IncomingMessage,
): void {
  if (authType === 'AWS_IAM' && caller.kind === 'anonymous') throw forbidden()
  authorize?.(caller, 'lambda:InvokeFunctionUrl', functionArn, { 'lambda:functionurlauthtype': authType })
  authorize?.(caller, 'lambda:InvokeFunction', functionArn, { 'lambda:invokedviafunctionurl': 'true' })
  // CloudFront signs for the viewer but does not hash the body: without the hash Lambda refuses the signature.
  const signedByCloudFront = caller.kind === 'service' && caller.principal === 'cloudfront.amazonaws.com'
  const hasBody = request.method === 'POST' || request.method === 'PUT'
  if (authType === 'AWS_IAM' && signedByCloudFront && hasBody && !request.headers['x-amz-content-sha256']) {
    throw new AwsFault(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      403,
    )
  }
}

function forbidden(): AwsFault {
  return new AwsFault('AccessDeniedException', 'Forbidden', 403)
}

function answerBuffered(invocation: Invocation): Answer {
  const broken: Answer = {
    status: 502,
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('Internal Server Error'),
  }
  if (invocation.functionError !== undefined) return broken
  try {
    const result: unknown = JSON.parse(invocation.payload)
    const answer = answerOf(result, 'application/json')
    return answer ? { ...answer, headers: { ...answer.headers, ...remapped(result) } } : broken
  } catch {
    // A streaming handler behind a buffered URL: its bytes are no JSON.
    return broken
  }
}

/** Whether there was anything to send: whoever asked for what was never written waits until they give up. */
async function sendStream(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, body }: { readonly contentType: string | undefined; readonly body: Readable },
): Promise<boolean> {
  const prelude = contentType === httpPrelude ? await readPrelude(body) : {}
  if (prelude === undefined) return false
  const status = Number(prelude.statusCode ?? 200)
  const headers = responseHeaders(prelude.headers, prelude.cookies)
  // AWS decodes a stream that says it is encoded, or fails in it: aws-lambda-nodejs-runtime-interface-client#96.
  if (headers['content-encoding'] !== undefined)
    throw new Error('streamed response: expected no content-encoding, got one')
  response.writeHead(status, {
    'content-type':
      contentType === httpPrelude || contentType === undefined ? 'application/octet-stream' : contentType,
    ...mutable(headers),
    ...remapped(prelude),
  })
  // A 204 or an answer to HEAD has no body, whatever the function writes.
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    response.end()
    body.resume()
    return true
  }
  // Breaks the connection when the body breaks midway: the status has gone out already.
  await pipeline(body, response)
  return true
}

/** What the function said its length is. */
function remapped(result: unknown): Record<string, string> {
  if (typeof result !== 'object' || result === null || !('headers' in result)) return {}
  const { headers } = result
  if (typeof headers !== 'object' || headers === null) return {}
  const said = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-length')
  return said ? { 'x-amzn-remapped-content-length': String(said[1]) } : {}
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...mutable(headers), 'content-length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const fault =
    error instanceof AwsFault ? error : new AwsFault('InternalServerError', 'Internal Server Error', 502)
  response.writeHead(fault.status, { 'content-type': 'application/json', 'x-amzn-errortype': fault.code })
  response.end(
    JSON.stringify({
      Message:
        fault.status === 403 && fault.code !== 'InvalidSignatureException' ? 'Forbidden' : fault.message,
    }),
  )
}

function report({ log, urlId }: FunctionUrlOptions, requestId: string, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  log({
    time: new Date().toISOString(),
    level: 'WARN',
    source: `function-url/${urlId}`,
    requestId,
    message: text,
  })
}

function mutable(headers: Answer['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}
