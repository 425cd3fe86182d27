/** The edge function as CloudFront calls it, over stores on the wire. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloudFrontRequestEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { respondAlways } from '../../lib/delivery/index.ts'
import { HeadendError } from '../../lib/errors.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { edgeEvent } from './edge-event.ts'
import { segmentsOf, timelineOf, trackOf } from './timelines.ts'

const version = '0123456789abcdef'
const objects = new Map<string, string>()
let busy = false

const stores = createServer((request, response) => {
  request.resume()
  const key = request.url?.replace('/media/', '') ?? ''
  if (busy) response.writeHead(503).end('SlowDown')
  else if (request.method === 'POST') response.end(`{"Item":{"version":{"S":"${version}"}}}`)
  else if (objects.has(key)) response.end(objects.get(key))
  else response.writeHead(404).end()
})

let handler: typeof import('../../lambdas/delivery/manifest-edge.ts').handler

beforeAll(async () => {
  await new Promise<void>((done) => stores.listen(0, '127.0.0.1', done))
  for (const [name, value] of [
    ['MEDIA_BUCKET', 'media'],
    ['INDEX_TABLE', 'index'],
    ['CHANNELS_TABLE', 'channels'],
    ['FRONT_PARAMETER', '/Headend/front'],
    ['AWS_REGION', 'us-east-1'],
  ] as const)
    vi.stubEnv(name, value)
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(stores.address() as AddressInfo).port}`)
  ;({ handler } = await import('../../lambdas/delivery/manifest-edge.ts'))
})
afterAll(() => {
  vi.unstubAllEnvs()
  stores.close()
})

/** Stores a film of pictures whose segments are named one by one. */
function film(id: string, segments: number): void {
  const named = segmentsOf(segments, 90_000).map((one) => ({ ...one, cut: one.number % 2 }))
  const timeline = timelineOf(id, {
    sealedThrough: segments * 90_000,
    tracks: [trackOf('video-1', 'video', { segments: named })],
  })
  const { head, parts } = encodeTimeline(timeline)
  const prefix = timelinePrefix(id, timeline.version)
  objects.set(`${prefix}timeline.json`, head)
  for (const { name, text } of parts) objects.set(prefix + name, text)
}

const eventOf = (uri: string): CloudFrontRequestEvent =>
  edgeEvent({ uri, settings: { 'media-bucket': 'media', 'index-table': 'index', region: 'us-east-1' } })

describe('the edge function', () => {
  it('answers a manifest', async () => {
    film('vod/short', 10)
    expect(await handler(eventOf('/vod/short/index.mpd'))).toMatchObject({
      status: '200',
      body: expect.stringContaining('<MPD'),
    })
  })

  it('hands on what fits as text, but not as the JSON in which its quotes are escaped', async () => {
    // Each SegmentURL of an MPD has two quotes; this one is counted to lie between the two measures.
    film('vod/long', 10_300)
    const event = eventOf('/vod/long/index.mpd')
    const result = await handler(event)
    expect(result).toBe(event.Records[0]?.cf.request)
    const { respond } = await import('../../lib/delivery/index.ts')
    const { body } = await respond(
      { method: 'GET', path: 'vod/long/index.mpd' },
      { current: async () => ({ version }), object: async (key) => objects.get(key) },
    )
    expect(Buffer.byteLength(body)).toBeLessThan(1_000_000)
    expect(Buffer.byteLength(JSON.stringify(body))).toBeGreaterThan(1_000_000)
  })

  it('hands on what busy stores kept it from, with the code of what was in the way and nothing of theirs', async () => {
    busy = true
    const event = eventOf('/vod/busy/index.m3u8')
    const result = await handler(event)
    busy = false
    expect(result).toBe(event.Records[0]?.cf.request)
    expect(JSON.stringify(result)).toContain('DELIVERY_BUSY')
    expect(JSON.stringify(result)).not.toContain('SlowDown')
  })
})

describe('what was not asked as CloudFront asks', () => {
  it('is a bad gateway, with a code', async () => {
    const result = await handler({ Records: [] })
    expect(result).toMatchObject({ status: '502', body: expect.stringContaining('EDGE_EVENT') })
  })
})

describe('the regional function', () => {
  it('says so where a manifest is too large to be answered, and how it is not', async () => {
    film('vod/longest', 75_000)
    const { handler: regional } = await import('../../lambdas/delivery/manifest.ts')
    const ask = (accepted: string) =>
      regional(
        {
          rawPath: '/vod/longest/index.mpd',
          rawQueryString: '',
          headers: { 'accept-encoding': accepted },
          requestContext: { http: { method: 'GET' } },
        },
        { awsRequestId: 'r' },
      )
    expect(await ask('identity')).toMatchObject({
      statusCode: 500,
      body: expect.stringContaining('MANIFEST_TOO_LARGE'),
    })
    expect(await ask('gzip')).toMatchObject({ statusCode: 200 })
  })
})

describe('a manifest that could not be made', () => {
  const made = (fault: Error) => {
    const failing = () => Promise.reject(fault)
    const reader = { current: failing, object: failing }
    return respondAlways({ method: 'GET', path: 'vod/film/index.mpd' }, reader, { log: () => undefined })
  }

  it('may be asked for again soon where a store was busy, and says nothing of what stores said', async () => {
    const { status, headers, body } = await made(
      new HeadendError('DELIVERY_BUSY', 's3: SlowDown', { status: 503 }),
    )
    expect([status, headers['retry-after'], headers['cache-control']]).toEqual([
      503,
      '1',
      'public, max-age=1',
    ])
    expect(body).toContain('DELIVERY_BUSY')
    expect(body).not.toContain('SlowDown')
  })

  it('is a bad gateway where anything else was wrong', async () => {
    expect(await made(new Error('arn:aws:secret'))).toMatchObject({
      status: 502,
      body: expect.not.stringContaining('arn:'),
    })
  })
})
