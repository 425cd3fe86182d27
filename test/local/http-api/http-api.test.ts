import { afterEach, describe, expect, it } from 'vitest'
import { createHttpApi, type HttpApiOptions, type HttpRoute } from '../../../local/http-api/index.ts'
import { chooseRoute } from '../../../local/http-api/routes.ts'
import type { Functions, LogLine } from '../../../local/lambda/index.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { fakeFunctions } from '../event-sources/fake-functions.ts'
import { type Serving, serve } from './serving.ts'

let serving: Serving | undefined
afterEach(async () => {
  await serving?.close()
  serving = undefined
})

interface Event {
  readonly body?: string
  /** Of an authorizer's event. */
  readonly identitySource?: readonly string[]
  readonly isBase64Encoded: boolean
  readonly pathParameters?: Record<string, string>
  readonly requestContext: { readonly authorizer?: unknown }
}

async function open(
  handler: (event: Event, name: string) => unknown,
  { routes = [{ routeKey: '$default', functionName: 'api' }], ...more }: Partial<HttpApiOptions> = {},
): Promise<{ url: string; callers: (Caller | undefined)[]; lines: LogLine[] }> {
  const callers: (Caller | undefined)[] = []
  const lines: LogLine[] = []
  const functions: Functions = {
    ...fakeFunctions(() => null),
    invoke(name, payload, options) {
      callers.push(options?.caller)
      return fakeFunctions((text) => handler(JSON.parse(text), name)).invoke(name, payload)
    },
  }
  const api = createHttpApi({
    apiId: 'abc123',
    routes,
    stage: '$default',
    functions,
    log: (line) => lines.push(line),
    ...more,
  })
  serving = await serve((request, response) => api.handle(request, response))
  return { url: serving.url, callers, lines }
}

describe('an HTTP API', () => {
  it('sends payload 2.0', async () => {
    const { url } = await open((event) => ({ statusCode: 200, body: JSON.stringify(event) }), {
      routes: [{ routeKey: 'POST /v1/assets/{id}', functionName: 'api' }],
    })
    const response = await fetch(`${url}/v1/assets/film%201?a=1&a=2&b=x%20y`, {
      method: 'POST',
      headers: { cookie: 'c=1; d=2', 'content-type': 'application/json', 'X-Own': 'v', 'user-agent': 'test' },
      body: '{"title":"Film"}',
    })
    expect(await response.json()).toEqual({
      version: '2.0',
      routeKey: 'POST /v1/assets/{id}',
      rawPath: '/v1/assets/film 1',
      rawQueryString: 'a=1&a=2&b=x%20y',
      cookies: ['c=1', 'd=2'],
      headers: expect.objectContaining({
        'x-own': 'v',
        'content-type': 'application/json',
        'content-length': '16',
      }),
      queryStringParameters: { a: '1,2', b: 'x y' },
      pathParameters: { id: 'film 1' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc123',
        domainName: 'abc123.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'abc123',
        http: {
          method: 'POST',
          path: '/v1/assets/film 1',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.any(String),
        routeKey: 'POST /v1/assets/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"title":"Film"}',
      isBase64Encoded: false,
    })
  })

  // What live captures show (github.com/hotsock/voker, vokerhttp/testdata/ingress-paths.json), of other paths.
  it.each([
    ['/v1/a%2Fb', '/v1/a/b'],
    ['/v1/a%252Fb', '/v1/a/b'],
    ['/v1/x%2562', '/v1/xb'],
    ['/v1/x%252562', '/v1/x%62'],
    ['/v1/caf%C3%A9+%23', '/v1/café+#'],
    ['/v1/a%3Fb=1/tokens', '/v1/a'],
    ['/v1/a%253Fb=1/tokens', '/v1/a?b=1/tokens'],
  ])('hands %s on decoded twice, as %s, and the query as it was sent', async (sent, path) => {
    const { url } = await open((event) => ({ statusCode: 200, body: JSON.stringify(event) }))
    const event = await (await fetch(`${url}${sent}?q=a%2Fb+c`)).json()
    expect(event).toMatchObject({
      rawPath: path,
      rawQueryString: 'q=a%2Fb+c',
      requestContext: { http: { path } },
    })
  })

  it('chooses the route by the decoded path', async () => {
    const { url } = await open((event) => ({ statusCode: 200, body: JSON.stringify(event) }), {
      routes: [
        { routeKey: 'GET /v1/{one}', functionName: 'api' },
        { routeKey: 'GET /v1/{more+}', functionName: 'api' },
      ],
    })
    expect(await (await fetch(`${url}/v1/a%2Fb`)).json()).toMatchObject({
      routeKey: 'GET /v1/{more+}',
      pathParameters: { more: 'a/b' },
    })
  })

  it.each(['/v1/%E0%A4%A', '/v1/100%25of'])('refuses %s, which cannot be decoded', async (sent) => {
    const { url } = await open(() => ({ statusCode: 200 }))
    expect((await fetch(`${url}${sent}`)).status).toBe(400)
  })

  it('sends other than text in base64', async () => {
    const { url } = await open(({ body, isBase64Encoded }) => ({
      statusCode: 200,
      body: JSON.stringify({ body, isBase64Encoded }),
    }))
    const response = await fetch(url, {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(await response.json()).toEqual({ body: 'YT0x', isBase64Encoded: true })
  })

  it.each([
    { result: { a: 1 }, want: [200, 'application/json', '{"a":1}'] },
    { result: 'text', want: [200, 'application/json', 'text'] },
    { result: { statusCode: 201, body: 'made' }, want: [201, 'text/plain;charset=UTF-8', 'made'] },
    { result: { statusCode: 204 }, want: [204, 'text/plain;charset=UTF-8', ''] },
    {
      result: { statusCode: '302', headers: { Location: '/x', 'Content-Type': 'a/b' } },
      want: [302, 'a/b', ''],
    },
    {
      result: { statusCode: 200, body: 'AAE=', isBase64Encoded: true },
      want: [200, 'text/plain;charset=UTF-8', '\u0000\u0001'],
    },
    {
      result: { statusCode: 200, body: { a: 1 } },
      want: [500, 'application/json', '{"message":"Internal Server Error"}'],
    },
    { result: { statusCode: 'yes' }, want: [500, 'application/json', '{"message":"Internal Server Error"}'] },
    { result: new Error('broken'), want: [500, 'application/json', '{"message":"Internal Server Error"}'] },
  ])('makes $want of $result', async ({ result, want }) => {
    const { url } = await open(() => result)
    const response = await fetch(url, { redirect: 'manual' })
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual(want)
  })

  it('sets several cookies', async () => {
    const { url } = await open(() => ({ statusCode: 200, cookies: ['a=1; Path=/', 'b=2'] }))
    expect((await fetch(url)).headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
  })

  it('answers 404 without a route and 500 without the permission, naming the route it asked for', async () => {
    const routes: HttpRoute[] = [{ routeKey: 'GET /v1/assets/{id}', functionName: 'api' }]
    const first = await open(() => null, { routes })
    const missing = await fetch(`${first.url}/v2`)
    expect([missing.status, await missing.text()]).toEqual([404, '{"message":"Not Found"}'])
    await fetch(`${first.url}/v1/assets/film`)
    expect(first.callers).toEqual([
      {
        kind: 'service',
        principal: 'apigateway.amazonaws.com',
        sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abc123/$default/GET/v1/assets/{id}',
      },
    ])
    await serving?.close()
    const refusing: Functions = {
      ...fakeFunctions(() => null),
      invoke: () => Promise.reject(new AwsFault('AccessDeniedException', 'no', 403)),
    }
    const second = await open(() => null, { routes, functions: refusing })
    expect((await fetch(`${second.url}/v1/assets/film`)).status).toBe(500)
    expect(second.lines[0]).toMatchObject({ source: 'http-api/abc123', message: 'no' })
  })

  it('answers 503 when the integration takes too long and 413 for more than it takes', async () => {
    const { url } = await open(() => new Promise((resolve) => setTimeout(resolve, 1000)), {
      routes: [{ routeKey: '$default', functionName: 'api', timeoutMs: 50 }],
    })
    const late = await fetch(url)
    expect([late.status, await late.json()]).toEqual([503, { message: 'Service Unavailable' }])
    const large = await fetch(url, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) })
    expect(large.status).toBe(413)
  })

  it('serves a named stage below its name', async () => {
    const { url } = await open((_event) => 'ok', {
      stage: 'live',
      routes: [{ routeKey: 'GET /a', functionName: 'api' }],
    })
    expect([(await fetch(`${url}/live/a`)).status, (await fetch(`${url}/a`)).status]).toEqual([200, 404])
  })
})

describe('CORS of an HTTP API', () => {
  const cors = {
    allowOrigins: ['https://console.example'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['etag'],
    maxAgeSeconds: 60,
    allowCredentials: true,
  }

  it('answers preflights itself', async () => {
    let runs = 0
    const { url } = await open(() => ++runs, { cors })
    const ask = (origin: string): Promise<Response> =>
      fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    const good = await ask('https://console.example')
    expect(good.status).toBe(204)
    expect(Object.fromEntries(good.headers)).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '60',
      'access-control-allow-credentials': 'true',
    })
    expect((await ask('https://evil.example')).headers.has('access-control-allow-origin')).toBe(false)
    expect(runs).toBe(0)
  })

  it('owns the headers of every answer', async () => {
    const { url } = await open(
      () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*', a: 'b' } }),
      { cors },
    )
    const response = await fetch(url, { headers: { origin: 'https://console.example' } })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-expose-headers': 'etag',
      a: 'b',
    })
    expect((await fetch(url)).headers.has('access-control-allow-origin')).toBe(false)
  })
})

describe('a REQUEST authorizer', () => {
  const routes: HttpRoute[] = [
    {
      routeKey: 'GET /a',
      functionName: 'api',
      authorizer: {
        authorizerId: 'door',
        functionName: 'guard',
        identitySource: ['$request.header.Authorization'],
        resultTtlSeconds: 60,
      },
    },
  ]

  it('lets through, refuses, is asked once an identity, and hands its context on', async () => {
    let asked = 0
    const { url } = await open(
      (event, name) => {
        if (name !== 'guard')
          return { statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) }
        asked++
        expect(event).toMatchObject({
          type: 'REQUEST',
          routeArn: expect.stringContaining('/$default/GET/a'),
        })
        return { isAuthorized: event.identitySource?.[0] === 'Bearer good', context: { role: 'operator' } }
      },
      { routes },
    )
    const ask = (authorization?: string): Promise<Response> =>
      fetch(`${url}/a`, { headers: authorization ? { authorization } : {} })
    const good = await ask('Bearer good')
    expect([good.status, await good.json()]).toEqual([200, { lambda: { role: 'operator' } }])
    expect((await ask('Bearer good')).status).toBe(200)
    expect(asked).toBe(1)
    const bad = await ask('Bearer bad')
    expect([bad.status, await bad.json()]).toEqual([403, { message: 'Forbidden' }])
    const none = await ask()
    expect([none.status, await none.json()]).toEqual([401, { message: 'Unauthorized' }])
  })

  it('that fails is an internal error', async () => {
    const { url } = await open(() => new Error('down'), { routes })
    expect((await fetch(`${url}/a`, { headers: { authorization: 'x' } })).status).toBe(500)
  })

  it('that never answers is an internal error, too', async () => {
    const { url } = await open(() => new Promise(() => {}), { routes, authorizerTimeoutMs: 20 })
    const answer = await fetch(`${url}/a`, { headers: { authorization: 'x' } })
    expect([answer.status, await answer.json()]).toEqual([500, { message: 'Internal Server Error' }])
  })

  it('is remembered for all routes alike, yes and no, until its time is over', async () => {
    let asked = 0
    let nowMs = 0
    const [route] = routes
    const { url } = await open(
      (event, name) => {
        if (name !== 'guard') return { statusCode: 200 }
        asked++
        return { isAuthorized: event.identitySource?.[0] === 'good' }
      },
      {
        routes: route ? [route, { ...route, routeKey: 'GET /b' }] : [],
        now: () => nowMs,
      },
    )
    const ask = async (path: string, authorization: string) =>
      (await fetch(`${url}${path}`, { headers: { authorization } })).status
    expect([await ask('/a', 'good'), await ask('/b', 'good')]).toEqual([200, 200])
    expect([await ask('/a', 'bad'), await ask('/b', 'bad')]).toEqual([403, 403])
    expect(asked).toBe(2)
    nowMs = 60_001
    await ask('/a', 'good')
    expect(asked).toBe(3)
  })

  it('is asked of each route where its identity says so', async () => {
    let asked = 0
    const identitySource = ['$request.header.Authorization', '$context.routeKey']
    const [route] = routes
    const authorizer = { authorizerId: 'door', functionName: 'guard', identitySource, resultTtlSeconds: 60 }
    const { url } = await open(
      (_, name) => (name === 'guard' ? (asked++, { isAuthorized: true }) : { statusCode: 200 }),
      {
        routes: ['GET /a', 'GET /b'].map((routeKey) => ({
          ...route,
          functionName: 'api',
          routeKey,
          authorizer,
        })),
      },
    )
    for (const path of ['/a', '/b', '/b']) await fetch(`${url}${path}`, { headers: { authorization: 'x' } })
    expect(asked).toBe(2)
  })

  it('is not asked for an empty identity, and is called as an authorizer, not as a route', async () => {
    const { url, callers } = await open((_, name) => (name === 'guard' ? { isAuthorized: true } : {}), {
      routes,
    })
    expect((await fetch(`${url}/a`, { headers: { authorization: '' } })).status).toBe(401)
    expect(callers).toEqual([])
    await fetch(`${url}/a`, { headers: { authorization: 'x' } })
    expect(callers.map((caller) => caller?.kind === 'service' && caller.sourceArn)).toEqual([
      'arn:aws:execute-api:us-east-1:000000000000:abc123/authorizers/door',
      'arn:aws:execute-api:us-east-1:000000000000:abc123/$default/GET/a',
    ])
  })

  it('is asked of preflights where its route takes them', async () => {
    const [route] = routes
    const cors = { allowOrigins: ['*'] }
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: 'https://a', 'access-control-request-method': 'GET' },
    }
    const taken = await open(() => null, { routes: route ? [{ ...route, routeKey: 'ANY /a' }] : [], cors })
    expect((await fetch(`${taken.url}/a`, preflight)).status).toBe(401)
    await serving?.close()
    const apart = await open(() => null, { routes, cors })
    expect((await fetch(`${apart.url}/a`, preflight)).status).toBe(204)
  })
})

describe('a limit', () => {
  it('is of each route for itself, counts what was refused, and fills again', async () => {
    let nowMs = 0
    const limit = { perSecond: 2, burst: 3 }
    const { url } = await open(() => ({ statusCode: 401 }), {
      routes: ['GET /a', 'POST /a'].map((routeKey) => ({ routeKey, functionName: 'api', limit })),
      now: () => nowMs,
    })
    const ask = async (method: string) => (await fetch(`${url}/a`, { method })).status
    expect([await ask('GET'), await ask('GET'), await ask('GET'), await ask('GET')]).toEqual([
      401, 401, 401, 429,
    ])
    expect(await ask('POST')).toBe(401)
    nowMs = 500
    expect([await ask('GET'), await ask('GET')]).toEqual([401, 429])
  })
})

describe('the choice of a route', () => {
  const routes = [
    '$default',
    'ANY /{proxy+}',
    'GET /v1/{proxy+}',
    'GET /v1/assets/{id}',
    'ANY /v1/assets/{id}',
    'GET /v1/assets/newest',
    'GET /v1/assets/{id}/tracks/{track+}',
  ].map((routeKey) => ({ routeKey }))

  it.each([
    ['GET', '/v1/assets/newest', 'GET /v1/assets/newest', {}],
    ['GET', '/v1/assets/film', 'GET /v1/assets/{id}', { id: 'film' }],
    ['PUT', '/v1/assets/newest', 'ANY /v1/assets/{id}', { id: 'newest' }],
    ['GET', '/v1/assets/f/tracks/a/b', 'GET /v1/assets/{id}/tracks/{track+}', { id: 'f', track: 'a/b' }],
    ['GET', '/v1/other', 'GET /v1/{proxy+}', { proxy: 'other' }],
    ['POST', '/v1/other', 'ANY /{proxy+}', { proxy: 'v1/other' }],
    ['GET', '/', '$default', {}],
  ])('of %s %s is %s', (method, path, routeKey, pathParameters) => {
    expect(chooseRoute(routes, method, path)).toEqual({ route: { routeKey }, pathParameters })
  })

  it('is none without $default', () => {
    expect(chooseRoute([{ routeKey: 'GET /a' }], 'GET', '/a/')).toBeUndefined()
  })
})
