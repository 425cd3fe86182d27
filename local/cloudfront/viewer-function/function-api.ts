/** CloudFront's own API of viewer functions: DescribeFunction and TestFunction (REST-XML, 2020-05-31). */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../aws-json.ts'
import { parseXml, requiredText } from '../../s3/xml.ts'
import { type Authorize, AwsFault, type AwsService, account, type Caller } from '../../service.ts'
import { EdgeFault } from '../edge-lambda/edge-fault.ts'
import { cloudFrontFault, cloudFrontXml } from '../invalidation/api-xml.ts'

/** A function as its API sees it. */
export interface TestableFunction {
  readonly name: string
  readonly code: string
  /** Runs it on an event; throws EdgeFault where it fails. */
  readonly test: (event: object) => Readonly<Record<string, unknown>>
}

export interface FunctionApiOptions {
  readonly authorize: Authorize
  readonly functions: () => readonly TestableFunction[]
}

const route =
  /^\/2020-05-31\/function\/([A-Za-z0-9_-]{1,64})\/(describe|test)(?:\?Stage=(LIVE|DEVELOPMENT))?$/
/** An event may have so much (CloudFront quotas, "Quotas on CloudFront Functions" names none: that of its console). */
const maxBytes = 64 * 1024

/** What of CloudFront's API is about functions; `others` answers the rest. */
export function createFunctionApi(options: FunctionApiOptions, others?: AwsService): AwsService {
  return {
    name: 'cloudfront',
    async handle(request, response, caller) {
      if (others !== undefined && !request.url?.startsWith('/2020-05-31/function/'))
        return others.handle(request, response, caller)
      try {
        const { body, etag } = await answer(options, request, caller)
        send(response, 200, body, etag === undefined ? {} : { etag })
      } catch (error) {
        const fault = error instanceof AwsFault ? error : new AwsFault('InternalError', String(error), 500)
        send(response, fault.status, cloudFrontFault(fault), {})
      }
    },
    close: () => others?.close() ?? Promise.resolve(),
  }
}

async function answer(
  { authorize, functions }: FunctionApiOptions,
  request: IncomingMessage,
  caller: Caller,
): Promise<{ readonly body: string; readonly etag?: string }> {
  const [, name = '', operation] = route.exec(request.url ?? '') ?? []
  const isTest = operation === 'test' && request.method === 'POST'
  if (!isTest && !(operation === 'describe' && request.method === 'GET'))
    throw new AwsFault('NotImplemented', 'The local cloud knows DescribeFunction and TestFunction alone', 501)
  authorize(
    caller,
    `cloudfront:${isTest ? 'TestFunction' : 'DescribeFunction'}`,
    `arn:aws:cloudfront::${account}:function/${name}`,
  )
  const found = functions().find((one) => one.name === name)
  if (found === undefined)
    throw new AwsFault('NoSuchFunctionExists', 'The specified function does not exist.', 404)
  const etag = `E${createHash('sha256').update(found.code).digest('hex').slice(0, 13).toUpperCase()}`
  if (!isTest) return { body: cloudFrontXml('FunctionSummary', summary(name)), etag }
  if (request.headers['if-match'] !== etag)
    throw new AwsFault(
      'InvalidIfMatchVersion',
      'The If-Match version is missing or not valid for the resource.',
    )
  const text = (await readBody(request, maxBytes)).toString()
  return { body: tested(found, eventIn(text)) }
}

function eventIn(text: string): object {
  const encoded = requiredText(parseXml(text, 'TestFunctionRequest'), 'EventObject')
  try {
    const event: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString())
    if (typeof event === 'object' && event !== null) return event
  } catch {
    // Answered below, as what is no object is.
  }
  throw new AwsFault('InvalidArgument', 'The event object is not valid.')
}

function tested(found: TestableFunction, event: object): string {
  const result = (output: string, error: string) =>
    cloudFrontXml('TestResult', [
      ['FunctionSummary', summary(found.name)],
      ['ComputeUtilization', '20'],
      ['FunctionErrorMessage', error],
      ['FunctionOutput', output],
    ])
  try {
    const value = found.test(event)
    return result(JSON.stringify('statusCode' in value ? { response: value } : { request: value }), '')
  } catch (error) {
    if (error instanceof EdgeFault) return result('', error.message)
    throw error
  }
}

const summary = (name: string) =>
  [
    ['Name', name],
    ['Status', 'DEPLOYED'],
    [
      'FunctionMetadata',
      [
        ['FunctionARN', `arn:aws:cloudfront::${account}:function/${name}`],
        ['Stage', 'LIVE'],
      ],
    ],
  ] as const

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { 'content-type': 'text/xml', ...headers })
  response.end(body)
}
