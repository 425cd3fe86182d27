import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFunctionUrl, type FunctionUrlOptions } from '../../../local/function-url/index.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { get } from '../cloudfront/stage.ts'
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
      if (event.rawPath === '/destroyed') out.destroy()
      if (event.rawPath !== '/') throw new Error('lost')
      out.end()
    })`,
  )
  await shop.define(
    'short',
    `export const handler = awslambda.streamifyResponse(async (event, stream) => {
      const headers = event.rawPath === '/encoded' ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': 4 }
      const out = awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers })
      if (event.rawPath === '/end') return out.end('film')
      if (event.rawPath === '/nothing') return out.end()
      if (event.rawPath !== '/empty') out.write('film')
      if (event.rawPath === '/empty') out.write('')
      out.end()
    })`,
  )
  await shop.define(
    'sized',
    `export const handler = async ({ rawPath }) => ({
      statusCode: 200,
      headers: { 'Content-Length': 3, 'Content-Encoding': 'gzip' },
      isBase64Encoded: rawPath === '/base64',
      body: rawPath === '/base64' ? 'ZmlsbQ==' : 'a'.repeat(Number(rawPath.slice(1))),
    })`,
  )
  serving = await serve((request, response) => {
    const [, name = '', rest = ''] = /^\/(\w+)(.*)$/.exec(request.url ?? '') ?? []
    const url = createFunctionUrl({
      urlId: 'url1',
      functionName: name,
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      authType: 'AWS_IAM',
      invokeMode: name === 'stream' || name === 'short' ? 'RESPONSE_STREAM' : 'BUFFERED',
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

  it('says its own length, decodes base64, and keeps what the body is encoded with', async () => {
    const raw = (path: string) => get(`${serving.url}/sized${path}`)
    const { headers, body } = await raw('/base64')
    expect([body.toString(), headers['content-length'], headers['x-amzn-remapped-content-length']]).toEqual([
      'film',
      '4',
      '3',
    ])
    expect(headers['content-encoding']).toBe('gzip')
    expect((await get(`${serving.url}/sized/base64`, {}, 'HEAD')).headers['content-length']).toBe('4')
  })

  it('answers 502 to a response above 6,291,556 bytes, counted in its JSON', async () => {
    const around = JSON.stringify({
      statusCode: 200,
      headers: { 'Content-Length': 3, 'Content-Encoding': 'gzip' },
      isBase64Encoded: false,
      body: '',
    }).length
    expect((await get(`${serving.url}/sized/${6_291_556 - around}`)).status).toBe(200)
    expect((await get(`${serving.url}/sized/${6_291_557 - around}`)).status).toBe(502)
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

  it('breaks the connection when the function destroys its stream midway', async () => {
    const response = await fetch(`${serving.url}/stream/destroyed`)
    expect(response.status).toBe(206)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
  })

  it('ends a short answer like a whole one when the function throws midway', async () => {
    const response = await fetch(`${serving.url}/stream/midway`)
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 500_000])
  })

  it('is chunked, and says a length of the function under another name', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await fetch(`${serving.url}/short/`, { method })
      expect([headers.get('content-length'), headers.get('x-amzn-remapped-content-length')]).toEqual([
        null,
        '4',
      ])
    }
    expect((await fetch(`${serving.url}/short/`)).headers.get('transfer-encoding')).toBe('chunked')
  })

  it('answers 502 to a body without a prelude, and to one that says it is encoded', async () => {
    expect((await fetch(`${serving.url}/short/end`)).status).toBe(502)
    expect((await fetch(`${serving.url}/short/encoded`)).status).toBe(502)
  })

  it('never answers when nothing was written, and answers when nothing was written to the body', async () => {
    const empty = await fetch(`${serving.url}/short/empty`)
    expect([empty.status, await empty.text()]).toEqual([200, ''])
    const before = shop.lambda.stats()['short']?.invocations ?? 0
    const leave = new AbortController()
    const asked = fetch(`${serving.url}/short/nothing`, { signal: leave.signal })
    let answered = false
    const over = asked.then(
      () => (answered = true),
      () => undefined,
    )
    await expect.poll(() => shop.lambda.stats()['short']).toMatchObject({ invocations: before + 1 })
    await shop.lambda.invoke('echo', '{}')
    expect(answered).toBe(false)
    leave.abort()
    await over
    expect(answered).toBe(false)
  })

  it('answers as a buffered one when the function does not stream', async () => {
    more = { invokeMode: 'RESPONSE_STREAM' }
    expect((await fetch(`${serving.url}/echo/x`)).status).toBe(200)
    expect((await fetch(`${serving.url}/fails/`)).status).toBe(502)
  })
})
