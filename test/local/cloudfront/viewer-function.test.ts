import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Behaviour, KeyValues } from '../../../local/cloudfront/index.ts'
import { createViewerFunction } from '../../../local/cloudfront/viewer-function/viewer-function.ts'
import { get, openStage, type Stage } from './stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

function values(entries: Readonly<Record<string, string>>): KeyValues {
  return { get: (key) => entries[key], count: () => Object.keys(entries).length }
}

async function open(
  code: string,
  more: Partial<Behaviour> = {},
  store: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  stage = await openStage({
    origin: (q, r) => r.setHeader('cache-control', 'max-age=60').end(`origin ${q.url}`),
    behaviours: [
      { viewerRequest: { name: 'strip', code, store: { id: 'store-1', values: values(store) } }, ...more },
    ],
  })
  return stage
}

/** Answers with what it computes, as JSON. */
const answering = (expression: string, head = ''): string =>
  `${head}
   async function handler(event) {
     const computed = ${expression}
     return { statusCode: 200, body: JSON.stringify(computed) }
   }`

async function ask(code: string, store: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { url } = await open(code, {}, store)
  const got = await get(`${url}/a`)
  expect([got.status, got.xCache]).toEqual([200, 'FunctionGeneratedResponse from cloudfront'])
  return JSON.parse(got.body.toString())
}

describe('a viewer-request function', () => {
  it('sees the real event', async () => {
    const { url } = await open(answering('event'))
    const got = await get(`${url}/s/a%20b?x=1&y=a%2Fb&x=2&z`, { 'x-a': 'b', cookie: 'c=1; d=2' })
    expect(JSON.parse(got.body.toString())).toEqual({
      version: '1.0',
      context: {
        distributionDomainName: 'd1.cloudfront.net',
        distributionId: 'E1LOCAL',
        eventType: 'viewer-request',
        requestId: expect.any(String),
      },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/s/a%20b',
        querystring: {
          x: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          y: { value: 'a%2Fb' },
          z: { value: '' },
        },
        headers: { host: { value: expect.any(String) }, 'x-a': { value: 'b' } },
        cookies: { c: { value: '1' }, d: { value: '2' } },
      },
    })
  })

  it('sees names that every object has as names like any others', async () => {
    const names = ['__proto__', 'constructor', 'toString']
    const { url } = await open(answering('Object.keys(event.request.querystring)'))
    const got = await get(`${url}/a?${names.map((name) => `${name}=1`).join('&')}`)
    // What was added to every object is taken off again, or nobody could say so.
    const added = Object.keys(Object.prototype)
    for (const name of added) Reflect.deleteProperty(Object.prototype, name)
    expect(added).toEqual([])
    expect(JSON.parse(got.body.toString())).toEqual(names)
  })

  it('sees headers that every object has as headers like any others', async () => {
    const names = ['__proto__', 'constructor']
    const { url } = await open(answering('Object.keys(event.request.headers)'))
    const got = await get(`${url}/a`, Object.fromEntries(names.map((name) => [name, 'x'])))
    expect(got.status).toBe(200)
    expect(JSON.parse(got.body.toString())).toEqual(expect.arrayContaining(names))
  })

  it('changes path, query and headers before the cache key is made; the behaviour stays the viewer’s', async () => {
    const code = `function handler(event) {
      const r = event.request
      r.uri = r.uri.replace(/^\\/s\\/[^/]+/, '')
      r.querystring = { device: { multiValue: [{ value: 'tv' }, { value: 'phone' }] } }
      r.headers['x-cohort'] = { value: 'a' }
      return r
    }`
    const { url, asked, distribution } = await open(code, {
      pathPattern: '/s/*',
      cachePolicy: {
        minTtlSeconds: 1,
        defaultTtlSeconds: 60,
        maxTtlSeconds: 60,
        headers: { kind: 'only', names: ['x-cohort'] },
        queryStrings: { kind: 'all' },
        cookies: { kind: 'none' },
        gzip: false,
        brotli: false,
      },
    })
    await get(`${url}/s/token-1/vod/film?x=1`)
    const second = await get(`${url}/s/token-2/vod/film?x=2`)
    expect(second.xCache).toBe('Hit from cloudfront')
    expect(asked.map((each) => [each.url, each.headers['x-cohort']])).toEqual([
      ['/origin/vod/film?device=tv&device=phone', 'a'],
    ])
    expect(distribution.stats()['/s/*']).toMatchObject({ viewerFunctions: 2, originRequests: 1 })
  })

  it('hashes as the runtime does', async () => {
    const head = `import crypto from 'crypto'`
    const expression = `{
      hex: crypto.createHash('sha256').update('a').update('b').digest('hex'),
      url: crypto.createHmac('sha256', Buffer.from('key')).update('text').digest('base64url'),
      bytes: crypto.createHash('md5').update('').digest().length,
    }`
    expect(await ask(answering(expression, head))).toEqual({
      hex: 'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603',
      url: createHmac('sha256', 'key').update('text').digest('base64url'),
      bytes: 16,
    })
  })

  it('reads its key value store', async () => {
    const head = `import cf from "cloudfront";const kvs = cf.kvs('store-1')
      async function missing() { try { return await kvs.get('x') } catch (error) { return error.message } }`
    const expression = `{
      text: await kvs.get('k'), json: await kvs.get('j', { format: 'json' }),
      exists: [await kvs.exists('k'), await kvs.exists('x')],
      missing: await missing(), count: (await kvs.meta()).keyCount,
    }`
    expect(await ask(answering(expression, head), { k: 'v', j: '{"a":1}' })).toEqual({
      text: 'v',
      json: { a: 1 },
      exists: [true, false],
      missing: 'KeyNotFound',
      count: 2,
    })
  })

  it('hears of a store that fails, whichever method it asks', async () => {
    const failing: KeyValues = {
      get: () => {
        throw new Error('InternalError')
      },
      count: () => 0,
    }
    const code = answering(
      `[await said('get'), await said('exists')]`,
      `import cf from 'cloudfront'
       const kvs = cf.kvs()
       async function said(method) {
         try { return method === 'get' ? await kvs.get('x') : await kvs.exists('x') } catch (error) { return error.message }
       }`,
    )
    stage = await openStage({
      origin: (_q, r) => r.end(),
      behaviours: [{ viewerRequest: { name: 'reads', code, store: { id: 'store-1', values: failing } } }],
    })
    const got = await get(`${stage.url}/a`)
    expect(JSON.parse(got.body.toString())).toEqual(['InternalError', 'InternalError'])
  })

  it('may be minified, its imports on one line', async () => {
    const head = `import a from"crypto";import q from"querystring";`
    const expression = `[a.createHash('md5').update('').digest('hex').length, q.stringify({ x: 1 })]`
    expect(await ask(answering(expression, head))).toEqual([32, 'x=1'])
  })

  it('has what the runtime has and nothing else, and keeps nothing between runs', async () => {
    const absent = [
      'process',
      'setTimeout',
      'setInterval',
      'fetch',
      'WebSocket',
      'setImmediate',
      'module',
      '__host',
    ]
    const code = answering(
      `{
      absent: ${JSON.stringify(absent)}.filter((name) => typeof globalThis[name] !== 'undefined'),
      evaluated: (() => { try { return new globalThis['Function']('return 1')() } catch (error) { return error.name } })(),
      sameDate: Date.now() === new Date().getTime(),
      text: Buffer.from('aGk', 'base64url').toString() + atob('aGk=') + new TextDecoder().decode(new TextEncoder().encode('hi')),
      runs: ++runs,
    }`,
      'let runs = 0',
    )
    const { url } = await open(code)
    for (let n = 0; n < 2; n++) {
      const { body } = await get(`${url}/a`)
      expect(JSON.parse(body.toString())).toEqual({
        absent: [],
        evaluated: 'EvalError',
        sameDate: true,
        text: 'hihihi',
        runs: 1,
      })
    }
  })

  it.each([
    {
      case: 'throws',
      code: `function handler() { throw new Error('no') }`,
      want: [503, 'FunctionExecutionError'],
    },
    { case: 'never ends', code: `function handler() { for (;;) {} }`, want: [503, 'FunctionExecutionError'] },
    {
      case: 'never ends after an await',
      code: `async function handler() { await null; for (;;) {} }`,
      want: [503, 'FunctionExecutionError'],
    },
    {
      case: 'waits for ever',
      code: `async function handler() { await new Promise(() => {}) }`,
      want: [503, 'FunctionExecutionError'],
    },
    { case: 'answers nothing', code: `function handler() {}`, want: [502, 'FunctionValidationError'] },
    {
      case: 'sets the host',
      code: `function handler(event) { const request = event.request; request.headers.host = { value: 'x' }; return request }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'removes a read-only header',
      code: `function handler(event) { const request = event.request; delete request.headers.host; return request }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'adds a disallowed header',
      code: `function handler(event) { const request = event.request; request.headers['x-amz-cf-id'] = { value: 'x' }; return request }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'writes a header in capitals',
      code: `function handler(event) { const request = event.request; request.headers['X-A'] = { value: 'x' }; return request }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'changes the method',
      code: `function handler(event) { const request = event.request; request.method = 'POST'; return request }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'answers with Via',
      code: `function handler() { return { statusCode: 200, headers: { via: { value: 'x' } } } }`,
      want: [502, 'FunctionValidationError'],
    },
    {
      case: 'answers with more than 40 KB',
      code: `function handler() { return { statusCode: 200, body: 'x'.repeat(40961) } }`,
      want: [502, 'FunctionValidationError'],
    },
  ])('that $case is an error', async ({ code, want }) => {
    const { url } = await open(code)
    const got = await get(`${url}/a`)
    expect([got.status, got.xCache]).toEqual([want[0], `${want[1]} from cloudfront`])
    expect(stage?.asked).toHaveLength(0)
  })

  it('answers itself, uncached', async () => {
    const code = `function handler() {
      return { statusCode: 403, headers: { 'content-type': { value: 'application/json' } },
        cookies: { a: { value: '1', attributes: 'Path=/' } }, body: { encoding: 'base64', data: 'e30=' } }
    }`
    const { url, distribution } = await open(code)
    for (let n = 0; n < 2; n++) {
      const got = await get(`${url}/a`)
      expect([
        got.status,
        got.headers['content-type'],
        got.headers['set-cookie'],
        got.body.toString(),
      ]).toEqual([403, 'application/json', ['a=1; Path=/'], '{}'])
    }
    expect(distribution.stats()['*']).toMatchObject({ viewerFunctions: 2, misses: 0, hits: 0 })
  })

  it('is not asked about a URL of more than 8192 characters', async () => {
    const { url, asked, distribution } = await open(answering('event.request.uri.length'))
    const longest = 8192 - 'https://d1.cloudfront.net'.length
    expect((await get(`${url}/${'a'.repeat(longest - 1)}`)).body.toString()).toBe(String(longest))
    expect((await get(`${url}/${'a'.repeat(longest)}`)).status).toBe(413)
    expect([asked.length, distribution.stats()['*']?.viewerFunctions]).toEqual([0, 1])
  })

  it('that CloudFront would take and never run is refused when it is loaded', () => {
    const code = `function handler(event) { for (const a of []) a(); return event.request }`
    expect(() => createViewerFunction({ name: 'modern', code }, () => undefined)).toThrow(
      /^modern: [^]*line 1: ForOfStatement: for\.\.\.of is on no list/,
    )
  })

  it('over 10 KB is refused', () => {
    const code = `function handler() {}//${'x'.repeat(10_240)}`
    expect(() => createViewerFunction({ name: 'fat', code }, () => undefined)).toThrow(
      'expected at most 10240 bytes of code',
    )
  })
})

describe('a viewer-response function', () => {
  it('changes headers of hits and misses, not of errors', async () => {
    const code = `function handler(event) {
      const response = event.response
      const request = event.request
      response.headers['x-path'] = { value: request.uri }
      return response
    }`
    stage = await openStage({
      origin: (q, r) => (q.url?.endsWith('none') ? r.writeHead(404).end() : r.end('x')),
      behaviours: [{ viewerResponse: { name: 'mark', code } }],
    })
    for (const xCache of ['Miss from cloudfront', 'Hit from cloudfront']) {
      const got = await get(`${stage.url}/a`)
      expect([got.xCache, got.headers['x-path'], got.body.toString()]).toEqual([xCache, '/a', 'x'])
    }
    expect((await get(`${stage.url}/none`)).headers).not.toHaveProperty('x-path')
  })

  it('may not touch what is read-only', async () => {
    const code = `function handler(event) { const response = event.response; response.headers['content-length'] = { value: '0' }; return response }`
    stage = await openStage({
      origin: (_q, r) => r.end('x'),
      behaviours: [{ viewerResponse: { name: 'bad', code } }],
    })
    expect((await get(`${stage.url}/a`)).status).toBe(502)
  })
})
