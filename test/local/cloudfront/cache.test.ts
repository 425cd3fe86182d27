import { setTimeout as wait } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { managedCachePolicy } from '../../../local/cloudfront/index.ts'
import { until } from '../lambda/workshop.ts'
import { get, openStage, policy, type Stage, type StageOptions } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

async function open(answer: StageOptions['origin'], more: Omit<StageOptions, 'origin'> = {}): Promise<void> {
  stage = await openStage({ origin: answer, ...more })
}

const short = { ...policy, minTtlSeconds: 0, defaultTtlSeconds: 10, maxTtlSeconds: 3600 }

describe('the cache', () => {
  it('answers from memory with Age and X-Cache', async () => {
    await open((_q, r) => r.setHeader('cache-control', 'max-age=60').end('film'))
    const miss = await get(`${stage.url}/a`)
    stage.advance(7)
    const hit = await get(`${stage.url}/a`)
    expect([miss.xCache, hit.xCache]).toEqual(['Miss from cloudfront', 'Hit from cloudfront'])
    expect([miss.headers['age'], hit.headers['age']]).toEqual([undefined, '7'])
    expect(hit.headers).toMatchObject({
      via: '1.1 d1.cloudfront.net (CloudFront)',
      'x-amz-cf-id': expect.any(String),
      'content-length': '4',
    })
    expect([hit.body.toString(), stage.asked.length]).toEqual(['film', 1])
    expect(stage.distribution.stats()['*']).toMatchObject({
      requests: 2,
      hits: 1,
      misses: 1,
      originRequests: 1,
    })
  })

  it('is filled by one fetch when many ask at once, and everybody gets the bytes as they arrive', async () => {
    const go = Promise.withResolvers<void>()
    await open(async (_q, r) => {
      r.setHeader('cache-control', 'max-age=60')
      r.write('first ')
      await go.promise
      r.end('last')
    })
    const first = fetch(`${stage.url}/a`)
    const followers = Array.from({ length: 50 }, () => fetch(`${stage.url}/a`))
    const heads = await Promise.all([first, ...followers])
    const readers = heads.map((response) => response.body?.getReader())
    for (const reader of readers) {
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first ')
    }
    go.resolve()
    for (const reader of readers)
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last')
    expect(stage.asked).toHaveLength(1)
    expect(stage.distribution.stats()['*']).toMatchObject({ requests: 51, collapsed: 50, misses: 1, hits: 0 })
  })

  it.each([
    { case: 'the answer is personal', headers: { 'cache-control': 'private' }, cachePolicy: policy },
    {
      case: 'caching is disabled',
      headers: {},
      cachePolicy: managedCachePolicy('4135ea2d-6df8-44a3-9df3-4b5a84be39ad') ?? policy,
    },
    {
      case: 'cookies are forwarded',
      headers: {},
      cachePolicy: { ...policy, cookies: { kind: 'all' } as const },
    },
  ])('does not collapse when $case', async ({ headers, cachePolicy }) => {
    await open(
      async (_q, r) => {
        await wait(100)
        r.setHeaders(new Map(Object.entries(headers))).end('x')
      },
      { behaviours: [{ cachePolicy }] },
    )
    await Promise.all(Array.from({ length: 5 }, () => get(`${stage.url}/a`)))
    expect(stage.asked).toHaveLength(5)
    expect(stage.distribution.stats()['*']?.collapsed).toBe(0)
  })

  it('keeps apart what its key tells apart, and only that', async () => {
    await open((q, r) => r.end(q.url), {
      behaviours: [
        {
          cachePolicy: {
            ...policy,
            queryStrings: { kind: 'only', names: ['device'] },
            headers: { kind: 'only', names: ['X-Cohort'] },
          },
        },
      ],
    })
    const ask = (path: string, cohort = 'a'): Promise<unknown> =>
      get(stage.url + path, { 'x-cohort': cohort, 'x-else': path })
    await ask('/m?device=tv&x=1')
    await ask('/m?x=2&device=tv')
    await ask('/m?device=phone')
    await ask('/m?device=tv', 'b')
    await ask('/M?device=tv')
    expect(stage.asked.map(({ url, headers }) => [url, headers['x-cohort'], headers['x-else']])).toEqual([
      ['/origin/m?device=tv', 'a', undefined],
      ['/origin/m?device=phone', 'a', undefined],
      ['/origin/m?device=tv', 'b', undefined],
      ['/origin/M?device=tv', 'a', undefined],
    ])
  })

  it.each([
    ['names it', { kind: 'only', names: ['CloudFront-Viewer-Country'] }, 'DE'],
    ['passes on all else', { kind: 'all-except', names: ['host'] }, undefined],
    ['passes on all', { kind: 'all' }, undefined],
  ] as const)('says where the viewer is where a policy %s', async (_name, headers, expected) => {
    const none = { kind: 'none' } as const
    await open((_q, r) => r.end('x'), {
      behaviours: [{ originRequestPolicy: { headers, queryStrings: none, cookies: none } }],
    })
    // What viewers say of themselves is not believed.
    await get(stage.url, { 'cloudfront-viewer-country': 'FR', 'local-viewer-country': 'DE' })
    await get(`${stage.url}/again`, { 'cloudfront-viewer-country': 'FR' })
    const told = stage.asked.map(({ headers: { 'cloudfront-viewer-country': country } }) => country)
    expect(told).toEqual([expected, undefined])
  })

  it('sends the origin what the policies name, and its own headers', async () => {
    await open((_q, r) => r.end(), {
      behaviours: [
        {
          originRequestPolicy: {
            headers: { kind: 'only', names: ['x-device'] },
            queryStrings: { kind: 'all' },
            cookies: { kind: 'only', names: ['c'] },
          },
        },
      ],
      origins: [
        { path: '/stage', customHeaders: { 'x-headend-region': 'us-east-1' }, originAccessControl: true },
      ],
    })
    await get(`${stage.url}/a%2Fb?x=1&y`, {
      'x-device': 'tv',
      cookie: 'c=1; d=2',
      authorization: 'mine',
      referer: 'r',
    })
    expect(stage.asked[0]?.url).toBe('/origin/stage/a%2Fb?x=1&y')
    const headers = stage.asked[0]?.headers ?? {}
    expect(headers).toMatchObject({
      'x-device': 'tv',
      cookie: 'c=1',
      authorization: 'signed',
      'x-headend-region': 'us-east-1',
      'user-agent': 'Amazon CloudFront',
      via: '1.1 d1.cloudfront.net (CloudFront)',
      'x-forwarded-for': '127.0.0.1',
    })
    expect(headers).not.toHaveProperty('referer')
    expect(stage.callers).toEqual([
      {
        kind: 'service',
        principal: 'cloudfront.amazonaws.com',
        sourceArn: 'arn:aws:cloudfront::000000000000:distribution/E1LOCAL',
      },
    ])
  })

  it('refreshes what is stale with its validators', async () => {
    await open(
      (q, r) => {
        if (q.headers['if-none-match'] === '"v1"') r.writeHead(304).end()
        else r.setHeader('etag', '"v1"').end('film')
      },
      { behaviours: [{ cachePolicy: short }] },
    )
    await get(`${stage.url}/a`)
    stage.advance(11)
    const refreshed = await get(`${stage.url}/a`)
    expect([refreshed.xCache, refreshed.body.toString()]).toEqual(['RefreshHit from cloudfront', 'film'])
    expect((await get(`${stage.url}/a`)).xCache).toBe('Hit from cloudfront')
    expect(stage.asked).toHaveLength(2)
  })

  it.each([
    { control: 's-maxage=10', want: [200, 'film'] },
    { control: 'max-age=0, stale-if-error=60', want: [200, 'film'] },
    { control: 'max-age=0, stale-if-error=0', want: [500, 'broken'] },
    { control: 'max-age=0, must-revalidate', want: [500, 'broken'] },
  ])('that is stale stands in for a failing origin as $control allows', async ({ control, want }) => {
    let calls = 0
    await open(
      (_q, r) => {
        if (calls++ === 0) r.setHeader('cache-control', control).end('film')
        else r.writeHead(500).end('broken')
      },
      { behaviours: [{ cachePolicy: { ...short, minTtlSeconds: 10 } }] },
    )
    await get(`${stage.url}/a`)
    stage.advance(11)
    const { status, body } = await get(`${stage.url}/a`)
    expect([status, body.toString()]).toEqual(want)
  })

  it('serves stale while it revalidates, with one refresh behind it', async () => {
    let version = 0
    await open(
      async (_q, r) => {
        version++
        if (version > 1) await wait(50)
        r.setHeader('cache-control', 'max-age=0, stale-while-revalidate=60').end(`v${version}`)
      },
      { behaviours: [{ cachePolicy: { ...short, minTtlSeconds: 10 } }] },
    )
    await get(`${stage.url}/a`)
    stage.advance(11)
    const stale = await Promise.all([get(`${stage.url}/a`), get(`${stage.url}/a`)])
    expect(stale.map(({ body }) => body.toString())).toEqual(['v1', 'v1'])
    await until(async () => (await get(`${stage.url}/a`)).body.toString() === 'v2')
    expect(stage.asked).toHaveLength(2)
  })

  it('keeps errors for the configured time and shows a page for them', async () => {
    await open((q, r) => (q.url === '/origin/sorry.html' ? r.end('sorry') : r.writeHead(404).end('none')), {
      distribution: {
        errorResponses: [
          { errorCode: 404, cachingMinTtlSeconds: 60, responseCode: 200, responsePagePath: '/sorry.html' },
        ],
      },
    })
    const first = await get(`${stage.url}/a`)
    expect([first.status, first.body.toString()]).toEqual([200, 'sorry'])
    await get(`${stage.url}/a`)
    expect(stage.asked.map(({ url }) => url)).toEqual(['/origin/a', '/origin/sorry.html'])
  })

  it('answers 502 when the origin is down and asks it again after the error time', async () => {
    await open((_q, r) => r.end(), {
      origins: [{ domainName: 'down.local' }],
      distribution: { errorResponses: [{ errorCode: 502, cachingMinTtlSeconds: 0 }] },
    })
    const { status, xCache } = await get(`${stage.url}/a`)
    expect([status, xCache]).toEqual([502, 'Error from cloudfront'])
    await get(`${stage.url}/a`)
    expect(stage.distribution.stats()['*']).toMatchObject({ originRequests: 2, errors: 2 })
  })

  it('forgets what is invalidated', async () => {
    await open((_q, r) => r.end('x'))
    for (const path of ['/vod/a', '/vod/b', '/live/c']) await get(stage.url + path)
    stage.distribution.invalidate(['/vod/*'])
    const results = await Promise.all(['/vod/a', '/vod/b', '/live/c'].map((path) => get(stage.url + path)))
    expect(results.map(({ xCache }) => xCache.split(' ')[0])).toEqual(['Miss', 'Miss', 'Hit'])
  })

  it('holds no more bytes than it may', async () => {
    await open((_q, r) => r.end(Buffer.alloc(40_000)), { distribution: { cacheBytes: 100_000 } })
    for (const path of ['/a', '/b', '/a', '/c']) await get(stage.url + path)
    expect((await get(`${stage.url}/a`)).xCache).toContain('Hit')
    expect((await get(`${stage.url}/b`)).xCache).toContain('Miss')
  })
})

describe('an answer to a viewer', () => {
  it('is a range of the cached object, also on a miss', async () => {
    await open((_q, r) => r.setHeader('etag', '"v1"').end('0123456789'))
    for (const [range, status, body, contentRange] of [
      ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-2', 206, '89', 'bytes 8-9/10'],
      ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
      ['bytes=10-', 416, '', 'bytes */10'],
      ['bytes=0-1,3-4', 200, '0123456789', undefined],
      ['bytes=4-2', 200, '0123456789', undefined],
    ] as const) {
      const got = await get(`${stage.url}/a`, { range })
      expect([got.status, got.body.toString(), got.headers['content-range']]).toEqual([
        status,
        body,
        contentRange,
      ])
    }
    expect((await get(`${stage.url}/a`, { range: 'bytes=0-1', 'if-range': '"v0"' })).status).toBe(200)
    expect((await get(`${stage.url}/a`, { range: 'bytes=0-1', 'if-range': '"v1"' })).status).toBe(206)
    expect(stage.asked).toHaveLength(1)
    expect(stage.asked[0]?.headers).not.toHaveProperty('range')
  })

  it('is the whole for a range of what is neither kept nor of known length', async () => {
    await open((_q, r) => {
      r.setHeader('cache-control', 'no-store')
      for (let n = 0; n < 30; n++) r.write(Buffer.alloc(100_000))
      r.end()
    })
    const got = await get(`${stage.url}/a`, { range: 'bytes=1-2' })
    expect([got.status, got.body.length]).toEqual([200, 3_000_000])
  })

  it('leaves ranges of what is too large to keep to the origin', async () => {
    await open((q, r) => {
      if (q.headers.range === undefined) {
        r.writeHead(200, { 'content-length': 100_000_000 })
        r.write(Buffer.alloc(1000))
      } else r.writeHead(206, { 'content-range': 'bytes 5-6/100000000', 'content-length': 2 }).end('56')
    })
    const got = await get(`${stage.url}/film.mp4`, { range: 'bytes=5-6' })
    expect([got.status, got.body.toString()]).toEqual([206, '56'])
  })

  it('is empty for HEAD and 304 for what the viewer has', async () => {
    await open((_q, r) =>
      r.writeHead(200, { etag: '"v1"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end('film'),
    )
    await get(`${stage.url}/a`)
    const head = await get(`${stage.url}/a`, {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length'], head.xCache]).toEqual([
      200,
      0,
      '4',
      'Hit from cloudfront',
    ])
    const conditions: Record<string, string>[] = [
      { 'if-none-match': 'W/"v1"' },
      { 'if-modified-since': 'Fri, 02 Jan 2026 00:00:00 GMT' },
    ]
    for (const condition of conditions) {
      const got = await get(`${stage.url}/a`, condition)
      expect([got.status, got.body.length, got.headers['etag']]).toEqual([304, 0, '"v1"'])
    }
    expect((await get(`${stage.url}/a`, { 'if-none-match': '"v2"' })).status).toBe(200)
  })

  it.each([
    { accept: 'gzip, deflate, br', encoding: 'br', decode: brotliDecompressSync },
    { accept: 'gzip;q=0.5', encoding: 'gzip', decode: gunzipSync },
    { accept: 'br;q=0, identity', encoding: undefined, decode: (bytes: Buffer) => bytes },
  ])('is compressed once for "$accept"', async ({ accept, encoding, decode }) => {
    const text = '#EXTM3U\n'.repeat(300)
    await open(
      (_q, r) =>
        r
          .writeHead(200, {
            'content-type': 'application/vnd.apple.mpegurl',
            'content-length': text.length,
            etag: '"v1"',
          })
          .end(text),
      { behaviours: [{ compress: true, cachePolicy: { ...policy, gzip: true, brotli: true } }] },
    )
    await get(`${stage.url}/a`, { 'accept-encoding': accept })
    const got = await get(`${stage.url}/a`, { 'accept-encoding': accept })
    expect(got.headers['content-encoding']).toBe(encoding)
    expect(decode(got.body).toString()).toBe(text)
    expect(got.xCache).toBe('Hit from cloudfront')
    expect(got.headers['etag']).toBe(encoding === undefined ? '"v1"' : 'W/"v1"')
    expect(Number(got.headers['content-length'])).toBe(got.body.length)
  })

  it('is not compressed when it is small, of another type, or of unknown length', async () => {
    await open(
      (q, r) => {
        const type = q.url?.includes('segment') ? 'video/mp4' : 'text/plain'
        r.setHeader('content-type', type)
        if (q.url?.includes('chunked')) r.write('x')
        r.end('x'.repeat(q.url?.includes('small') ? 999 : 2000))
      },
      { behaviours: [{ compress: true, cachePolicy: { ...policy, gzip: true, brotli: true } }] },
    )
    for (const path of ['/small', '/segment', '/chunked']) {
      expect((await get(stage.url + path, { 'accept-encoding': 'br' })).headers).not.toHaveProperty(
        'content-encoding',
      )
    }
    expect((await get(`${stage.url}/plain`, { 'accept-encoding': 'br' })).headers['content-encoding']).toBe(
      'br',
    )
  })

  it('carries the headers of its policy', async () => {
    await open((_q, r) => r.setHeader('server', 'mine').setHeader('x-frame-options', 'DENY').end('x'), {
      behaviours: [
        {
          responseHeadersPolicy: {
            cors: {
              allowCredentials: false,
              allowHeaders: ['range'],
              allowMethods: ['GET', 'HEAD'],
              allowOrigins: ['https://*.example.com'],
              exposeHeaders: ['age'],
              maxAgeSeconds: 600,
              originOverride: true,
            },
            set: [
              { name: 'X-Frame-Options', value: 'SAMEORIGIN', override: false },
              { name: 'X-Content-Type-Options', value: 'nosniff', override: true },
            ],
            remove: ['server'],
          },
        },
      ],
    })
    const got = await get(`${stage.url}/a`, { origin: 'https://tv.example.com' })
    expect(got.headers).toMatchObject({
      'access-control-allow-origin': 'https://tv.example.com',
      'access-control-expose-headers': 'age',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    })
    expect(got.headers).not.toHaveProperty('server')
    const preflight = await get(
      `${stage.url}/a`,
      { origin: 'https://tv.example.com', 'access-control-request-method': 'GET' },
      'OPTIONS',
    )
    expect(preflight.headers).toMatchObject({
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-max-age': '600',
    })
    expect((await get(`${stage.url}/a`, { origin: 'https://evil.com' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })

  it('is chosen by the first pattern that matches, and only for allowed methods', async () => {
    await open((q, r) => r.end(`${q.method} ${q.url}`), {
      origins: [{}, { id: 'media', domainName: 'media.local' }],
      behaviours: [
        { pathPattern: '/media/*', targetOriginId: 'media' },
        {
          pathPattern: '*.m3u8',
          allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
        },
        { pathPattern: '*' },
      ],
      distribution: { defaultRootObject: 'index.html' },
    })
    const bodies = await Promise.all(
      ['/media/x.m3u8', '/a.m3u8', '/'].map(async (path) => (await get(stage.url + path)).body.toString()),
    )
    expect(bodies).toEqual(['GET /media/media/x.m3u8', 'GET /origin/a.m3u8', 'GET /origin/index.html'])
    expect((await get(`${stage.url}/a`, {}, 'DELETE')).status).toBe(403)
    expect((await get(`${stage.url}/a.m3u8`, {}, 'DELETE')).body.toString()).toBe('DELETE /origin/a.m3u8')
  })

  it('carries a body to the origin', async () => {
    await open((q, r) => q.pipe(r), {
      behaviours: [{ allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] }],
    })
    const response = await fetch(`${stage.url}/a`, {
      method: 'POST',
      body: 'lease',
      headers: { 'content-type': 'text/plain' },
    })
    expect(await response.text()).toBe('lease')
    expect(stage.asked[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'content-length': '5' },
    })
  })

  it('breaks when the origin breaks midway, and is not kept', async () => {
    let calls = 0
    await open(async (_q, r) => {
      if (calls++ > 0) return r.end('whole')
      r.writeHead(200, { 'content-length': 100 })
      r.write('part')
      await wait(20)
      return r.destroy()
    })
    await expect(get(`${stage.url}/a`)).rejects.toThrow('aborted')
    expect((await get(`${stage.url}/a`)).body.toString()).toBe('whole')
  })
})
