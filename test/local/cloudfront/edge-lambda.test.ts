import { afterEach, describe, expect, it } from 'vitest'
import type { Behaviour, EdgeEventType, Origin } from '../../../local/cloudfront/index.ts'
import { fakeFunctions } from '../event-sources/fake-functions.ts'
import { openWorkshop } from '../lambda/workshop.ts'
import { get, openStage, policy, type Stage } from './stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

interface Cf {
  readonly config: object
  readonly request: {
    uri: string
    querystring: string
    method: string
    readonly headers: Record<string, { key: string; value: string }[]>
    origin?: { custom?: { domainName: string; path: string } }
    readonly body?: { readonly data: string; readonly inputTruncated: boolean }
  }
  readonly response: {
    status: string
    readonly headers: Record<string, { key: string; value: string }[]>
    body?: string
  }
}

async function open(
  eventType: EdgeEventType,
  handler: (cf: Cf) => unknown,
  {
    behaviour = {},
    origin = {},
  }: { readonly behaviour?: Partial<Behaviour>; readonly origin?: Partial<Origin> } = {},
): Promise<Stage> {
  stage = await openStage({
    origin: (q, r) => r.writeHead(200, { etag: '"o"', 'cache-control': 'max-age=60' }).end(`${q.url}`),
    origins: [origin, { id: 'other', domainName: 'other.local' }],
    behaviours: [
      {
        edgeLambdas: [
          {
            eventType,
            functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:edge:1',
            includeBody: false,
          },
        ],
        ...behaviour,
      },
    ],
    distribution: {
      functions: fakeFunctions((payload) => {
        const event: { Records: [{ cf: Cf }] } = JSON.parse(payload)
        return handler(event.Records[0].cf)
      }),
    },
  })
  return stage
}

describe('an origin-request function', () => {
  it('sees the real event', async () => {
    let seen: Cf | undefined
    const { url } = await open(
      'origin-request',
      (cf) => {
        seen = cf
        return cf.request
      },
      {
        origin: { customHeaders: { 'X-Headend-Region': 'us-east-1' }, path: '/p' },
        behaviour: { cachePolicy: { ...policy, queryStrings: { kind: 'only', names: ['a'] } } },
      },
    )
    await get(`${url}/vod/film/index.m3u8?a=1&b=2`, { 'x-secret': 'no' })
    expect(seen).toEqual({
      config: {
        distributionDomainName: 'd1.cloudfront.net',
        distributionId: 'E1LOCAL',
        eventType: 'origin-request',
        requestId: expect.any(String),
      },
      request: {
        clientIp: '127.0.0.1',
        method: 'GET',
        uri: '/vod/film/index.m3u8',
        querystring: 'a=1',
        headers: {
          'user-agent': [{ key: 'User-Agent', value: 'Amazon CloudFront' }],
          'x-forwarded-for': [{ key: 'X-Forwarded-For', value: '127.0.0.1' }],
          host: [{ key: 'Host', value: 'origin.local' }],
          via: [{ key: 'Via', value: '1.1 d1.cloudfront.net (CloudFront)' }],
        },
        origin: {
          custom: {
            customHeaders: { 'x-headend-region': [{ key: 'X-Headend-Region', value: 'us-east-1' }] },
            domainName: 'origin.local',
            keepaliveTimeout: 5,
            path: '/p',
            port: 443,
            protocol: 'https',
            readTimeout: 30,
            sslProtocols: ['TLSv1.2'],
          },
        },
      },
    })
  })

  it('shows an S3 origin as one', async () => {
    let seen: Cf | undefined
    const { url } = await open('origin-request', (cf) => (seen = cf).request, {
      origin: { kind: 's3', domainName: 'media.s3.us-east-1.amazonaws.com' },
    })
    await get(`${url}/a`)
    expect(seen?.request.origin).toEqual({
      s3: {
        authMethod: 'none',
        customHeaders: {},
        domainName: 'media.s3.us-east-1.amazonaws.com',
        path: '',
        region: 'us-east-1',
      },
    })
  })

  it('changes path, query, headers and origin', async () => {
    const { url, asked } = await open('origin-request', ({ request }) => {
      const custom = { ...request.origin?.custom, domainName: 'other.local', path: '/x' }
      return {
        ...request,
        uri: '/changed',
        querystring: 'q=1',
        headers: { ...request.headers, 'x-a': [{ key: 'X-A', value: '1' }] },
        origin: { custom },
      }
    })
    expect((await get(`${url}/a`)).body.toString()).toBe('/other/x/changed?q=1')
    expect(asked[0]?.headers['x-a']).toBe('1')
  })

  it('answers itself, and the answer is cached under the key of the request', async () => {
    let runs = 0
    const { url, distribution } = await open('origin-request', () => ({
      status: '200',
      statusDescription: 'OK',
      headers: {
        'cache-control': [{ key: 'Cache-Control', value: 'max-age=60' }],
        'content-type': [{ value: 'text/plain' }],
      },
      body: Buffer.from(`run ${++runs}`).toString('base64'),
      bodyEncoding: 'base64',
    }))
    const got = [await get(`${url}/a`), await get(`${url}/a`), await get(`${url}/b`)]
    expect(got.map(({ body, xCache }) => [body.toString(), xCache.split(' ')[0]])).toEqual([
      ['run 1', 'Miss'],
      ['run 1', 'Hit'],
      ['run 2', 'Miss'],
    ])
    expect(distribution.stats()['*']).toMatchObject({ edgeInvocations: 2, originRequests: 0 })
  })

  it.each([
    { case: 'throws', result: () => new Error('no'), want: [503, 'LambdaExecutionError'] },
    { case: 'answers nothing', result: () => null, want: [502, 'LambdaValidationError'] },
    {
      case: 'answers more than 1 MB',
      result: () => ({ status: 200, body: 'x'.repeat(1024 * 1024 + 1) }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'answers with a bad status',
      result: () => ({ status: 99 }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'answers with a bad header',
      result: () => ({ status: 200, headers: { a: 'b' } }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'answers with a disallowed header',
      result: () => ({ status: 200, headers: { connection: [{ value: 'x' }] } }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'changes the method',
      result: ({ request }: Cf) => ({ ...request, method: 'PUT' }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'changes a read-only header',
      result: ({ request }: Cf) => ({ ...request, headers: { via: [{ value: 'x' }] } }),
      want: [502, 'LambdaValidationError'],
    },
    {
      case: 'names a header otherwise',
      result: ({ request }: Cf) => ({
        ...request,
        headers: { ...request.headers, a: [{ key: 'b', value: 'x' }] },
      }),
      want: [502, 'LambdaValidationError'],
    },
  ])('that $case is an error', async ({ result, want }) => {
    const { url } = await open('origin-request', result)
    const got = await get(`${url}/a`)
    expect([got.status, got.xCache]).toEqual([want[0], `${want[1]} from cloudfront`])
  })

  it('may answer with exactly 1 MB of JSON', async () => {
    const around = JSON.stringify({ status: '200', body: '' }).length
    const body = 'x'.repeat(1024 * 1024 - around)
    const { url } = await open('origin-request', () => ({ status: '200', body }))
    expect((await get(`${url}/a`)).body).toHaveLength(body.length)
  })

  it('may not answer with quotes that take more than 1 MB as JSON', async () => {
    const { url } = await open('origin-request', () => ({ status: '200', body: '"'.repeat(600 * 1024) }))
    expect((await get(`${url}/a`)).status).toBe(502)
  })

  it('sees the beginning of a body where it is included, and the origin gets the whole', async () => {
    let seen: Cf | undefined
    stage = await openStage({
      origin: (q, r) => q.pipe(r),
      behaviours: [
        {
          allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
          edgeLambdas: [{ eventType: 'origin-request', functionArn: 'edge:1', includeBody: true }],
        },
      ],
      distribution: {
        functions: fakeFunctions((payload) => {
          const event: { Records: [{ cf: Cf }] } = JSON.parse(payload)
          seen = event.Records[0].cf
          return seen.request
        }),
      },
    })
    const body = 'x'.repeat(1024 * 1024 + 10)
    const response = await fetch(`${stage.url}/a`, { method: 'POST', body })
    expect((await response.text()).length).toBe(body.length)
    expect(seen?.request.body?.inputTruncated).toBe(true)
    expect(Buffer.from(seen?.request.body?.data ?? '', 'base64')).toHaveLength(1024 * 1024)
  })
})

describe('functions of the other triggers', () => {
  it('viewer-request answers uncached and at most 40 KB', async () => {
    const { url } = await open('viewer-request', ({ request }) => ({
      status: '200',
      body: 'x'.repeat(request.uri === '/big' ? 41_000 : 10),
    }))
    const small = await get(`${url}/a`)
    expect([small.xCache, small.body.length]).toEqual(['LambdaGeneratedResponse from cloudfront', 10])
    expect((await get(`${url}/big`)).status).toBe(502)
  })

  it('origin-response changes status, headers and body before the cache', async () => {
    const { url } = await open('origin-response', ({ response }) => {
      response.headers['x-a'] = [{ key: 'X-A', value: 'b' }]
      return { ...response, status: '201', body: 'mine' }
    })
    for (const word of ['Miss', 'Hit']) {
      const got = await get(`${url}/a`)
      expect([got.status, got.headers['x-a'], got.body.toString(), got.xCache.split(' ')[0]]).toEqual([
        201,
        'b',
        'mine',
        word,
      ])
    }
  })

  it('viewer-response changes headers of every answer', async () => {
    let runs = 0
    const { url } = await open('viewer-response', ({ response }) => {
      response.headers['x-run'] = [{ key: 'X-Run', value: String(++runs) }]
      return response
    })
    expect([(await get(`${url}/a`)).headers['x-run'], (await get(`${url}/a`)).headers['x-run']]).toEqual([
      '1',
      '2',
    ])
  })
})

describe('1,000 simultaneous viewers of one manifest', () => {
  it('make one edge invocation and one origin request from a cold cache', async () => {
    const shop = await openWorkshop()
    await shop.define(
      'edge',
      `export const handler = async ({ Records: [{ cf: { request } }] }) => {
      await new Promise((r) => setTimeout(r, 50)); return request }`,
      { runtime: 'nodejs22.x' },
    )
    let asked = 0
    stage = await openStage({
      origin: async (_q, r) => {
        asked++
        await new Promise((resolve) => setTimeout(resolve, 200))
        r.setHeader('cache-control', 'max-age=60').end('#EXTM3U\n')
      },
      behaviours: [
        { edgeLambdas: [{ eventType: 'origin-request', functionArn: 'edge:1', includeBody: false }] },
      ],
      origins: [{ originShield: true }],
      distribution: { functions: shop.lambda },
    })
    const { url, distribution } = stage
    const got = await Promise.all(Array.from({ length: 1000 }, () => get(`${url}/vod/film/index.m3u8`)))
    expect(got.every(({ status, body }) => status === 200 && body.toString() === '#EXTM3U\n')).toBe(true)
    expect(asked).toBe(1)
    expect(shop.lambda.stats()['edge']).toMatchObject({ invocations: 1, coldStarts: 1 })
    const { collapsed = 0, hits = 0, ...rest } = distribution.stats()['*'] ?? {}
    expect(rest).toMatchObject({
      requests: 1000,
      misses: 1,
      originRequests: 1,
      edgeInvocations: 1,
      shieldRequests: 1,
    })
    expect(collapsed + hits).toBe(999)
    expect(collapsed).toBeGreaterThan(0)
    await shop.close()
  })
})
