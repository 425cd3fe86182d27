import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFunctionUrl, type FunctionUrlOptions } from '../../../local/function-url/index.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { type Serving, serve } from '../http-api/serving.ts'
import { openWorkshop, type Workshop } from '../lambda/workshop.ts'

const distribution = 'arn:aws:cloudfront::000000000000:distribution/E1LOCAL'
const cloudFront: Caller = { kind: 'service', principal: 'cloudfront.amazonaws.com', sourceArn: distribution }

let shop: Workshop
let serving: Serving
let caller: Caller
let more: Partial<FunctionUrlOptions>
beforeAll(async () => {
  shop = await openWorkshop({ limits: { streamBurstBytes: 200_000, streamBytesPerSecond: 1_000_000 } })
  await shop.define(
    'echo',
    `export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })`,
  )
  await shop.define('fails', `export const handler = async () => { throw new Error('no') }`)
  await shop.define('text', `export const handler = async () => 'plain'`)
  await shop.define(
    'stream',
    `export const handler = awslambda.streamifyResponse(async (event, stream) => {
      const out = awslambda.HttpResponseStream.from(stream, { statusCode: 206, headers: { 'Content-Type': 'video/mp4' }, cookies: ['a=1', 'b=2'] })
      for (let n = 0; n < 5; n++) out.write(Buffer.alloc(100000, n))
      if (event.rawPath === '/midway') throw new Error('lost')
      out.end()
    })`,
  )
  serving = await serve((request, response) => {
    const [, name = '', rest = ''] = /^\/(\w+)(.*)$/.exec(request.url ?? '') ?? []
    const url = createFunctionUrl({
      urlId: 'url1',
      functionName: name,
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      authType: 'AWS_IAM',
      invokeMode: name === 'stream' ? 'RESPONSE_STREAM' : 'BUFFERED',
      functions: shop.lambda,
      log: () => undefined,
      ...more,
    })
    return url.handle(request, response, caller, rest)
  })
})
beforeEach(() => {
  caller = cloudFront
  more = {}
})
afterAll(async () => {
  await serving.close()
  await shop.close()
})

describe('a Function URL', () => {
  it('sends payload 2.0 with its own host', async () => {
    const response = await fetch(`${serving.url}/echo/media/a%20b?x=1`)
    expect(await response.json()).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/media/a%20b',
      rawQueryString: 'x=1',
      headers: { host: 'url1.lambda-url.us-east-1.on.aws' },
      requestContext: {
        domainPrefix: 'url1',
        stage: '$default',
        http: { method: 'GET', path: '/media/a%20b' },
      },
      isBase64Encoded: false,
    })
  })

  it('answers JSON for a text, and 502 for a function that fails', async () => {
    const text = await fetch(`${serving.url}/text/`)
    expect([text.status, text.headers.get('content-type'), await text.text()]).toEqual([
      200,
      'application/json',
      'plain',
    ])
    expect((await fetch(`${serving.url}/fails/`)).status).toBe(502)
  })

  it('asks for both actions with its authorization type', async () => {
    const asked: unknown[] = []
    more = { authorize: (...question) => asked.push(question) }
    await fetch(`${serving.url}/echo/`)
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:echo'
    expect(asked).toEqual([
      [cloudFront, 'lambda:InvokeFunctionUrl', arn, { 'lambda:functionurlauthtype': 'AWS_IAM' }],
      [cloudFront, 'lambda:InvokeFunction', arn, { 'lambda:invokedviafunctionurl': 'true' }],
    ])
  })

  it('refuses without the permission, without a signature, and a signed body without its hash', async () => {
    more = {
      authorize: () => {
        throw new AwsFault('AccessDeniedException', 'not authorized', 403)
      },
    }
    const denied = await fetch(`${serving.url}/echo/`)
    expect([denied.status, await denied.json()]).toEqual([403, { Message: 'Forbidden' }])
    more = {}
    caller = { kind: 'anonymous' }
    expect((await fetch(`${serving.url}/echo/`)).status).toBe(403)
    more = { authType: 'NONE' }
    expect((await fetch(`${serving.url}/echo/`)).status).toBe(200)
    caller = cloudFront
    more = {}
    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${serving.url}/echo/`, { method: 'POST', body: 'x', headers })
    expect((await post({})).headers.get('x-amzn-errortype')).toBe('InvalidSignatureException')
    expect((await post({ 'x-amz-content-sha256': 'abc' })).status).toBe(200)
  })

  it('refuses more than 6 MB', async () => {
    caller = { kind: 'person' }
    expect(
      (await fetch(`${serving.url}/echo/`, { method: 'POST', body: Buffer.alloc(6 * 1024 * 1024 + 1) }))
        .status,
    ).toBe(413)
  })
})

describe('a streaming Function URL', () => {
  it('takes status, headers and cookies from the metadata and streams the rest', async () => {
    const response = await fetch(`${serving.url}/stream/`)
    expect([response.status, response.headers.get('content-type'), response.headers.getSetCookie()]).toEqual([
      206,
      'video/mp4',
      ['a=1', 'b=2'],
    ])
    const body = Buffer.from(await response.arrayBuffer())
    expect([body.length, body[0], body[499_999]]).toEqual([500_000, 0, 4])
  })

  it('has no body for HEAD', async () => {
    const response = await fetch(`${serving.url}/stream/`, { method: 'HEAD' })
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 0])
  })

  it('breaks the connection when the function fails midway', async () => {
    const response = await fetch(`${serving.url}/stream/midway`)
    expect(response.status).toBe(206)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
  })

  it('answers as a buffered one when the function does not stream', async () => {
    more = { invokeMode: 'RESPONSE_STREAM' }
    expect((await fetch(`${serving.url}/echo/x`)).status).toBe(200)
    expect((await fetch(`${serving.url}/fails/`)).status).toBe(502)
  })
})
