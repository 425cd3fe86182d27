/** The functions that answer players, as they are deployed, under the runtime client AWS runs them with. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleFunctions } from '../../scripts/build.ts'
import { removeDirs } from '../local/s3/harness.ts'
import { type Cloud, openCloud } from '../packaging/cloud.ts'
import { makeFilm } from '../packaging/films/make-film.ts'
import { type UrlResponse, urlResponse } from './prelude.ts'
import { type ClientFunction, startFunction } from './runtime-api.ts'
import { openStores, type Stores } from './stores.ts'

let cloud: Cloud
let stores: Stores
let dist: string
let segment: ClientFunction
let manifest: ClientFunction

/** Pictures that are all key frames: how many, how many bytes and how many seconds each. */
const film = (count: number, size: number, duration: number): Buffer => {
  const samples = Array.from({ length: count }, () => ({ size, duration, sync: true }))
  return Buffer.from(makeFilm([{ type: 'video', timescale: 1, samples }]))
}
const versions = new Map<string, string>()

beforeAll(async () => {
  cloud = await openCloud()
  dist = await mkdtemp(join(tmpdir(), 'bundles-'))
  await bundleFunctions(dist)
  const {
    AWS_ENDPOINT_URL_S3: s3 = '',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb = '',
    ...names
  } = cloud.environment
  stores = await openStores({ s3, dynamoDb })
  for (const [id, bytes] of [
    ['film', film(12, 1_000_000, 2)],
    ['heavy', film(2, 30_000_000, 6)],
    ['day', film(14_400, 16, 6)],
  ] as const) {
    const message = await cloud.put(`vod/${id}.mp4`, bytes)
    // As the queue does it: what failed comes again.
    for (let attempts = 1; (await cloud.ingest([message], { attempts })) > 0 && attempts < 3; attempts++);
    const version = (await cloud.item(id))?.['version']
    if (typeof version !== 'string') throw new Error(`${id}: expected a version, got ${cloud.lines.join('')}`)
    versions.set(id, version)
  }
  const environment = { ...names, AWS_ENDPOINT_URL: stores.endpoint }
  const start = (bundle: string) => startFunction({ folder: join(dist, 'lambdas', bundle), environment })
  segment = await start('packaging/segment')
  manifest = await start('delivery/manifest')
}, 300_000)
afterAll(async () => {
  await segment.close()
  await manifest.close()
  await stores.close()
  await cloud.close()
  await removeDirs()
  await rm(dist, { recursive: true, force: true })
})

const event = (rawPath: string, method: string, headers: Readonly<Record<string, string>>) => ({
  rawPath,
  rawQueryString: '',
  headers,
  requestContext: { http: { method } },
})
const path = (id: string, file: string) => `/media/clear/vod/${id}/${versions.get(id)}/video-1/${file}`
const asked = async (rawPath: string, method = 'GET', headers = {}): Promise<UrlResponse> =>
  urlResponse(await segment.invoke(event(rawPath, method, headers)))
const codeOf = (body: Buffer): unknown =>
  (JSON.parse(body.toString()) as { error: { code: unknown } }).error.code

describe('the packager under the runtime client', () => {
  it('sends a segment whole behind its status and headers', async () => {
    const { statusCode, headers, body } = await asked(path('film', '2.0.m4s'))
    expect([statusCode, headers['content-type']]).toEqual([200, 'video/mp4'])
    expect([body.length, body.toString('latin1', 4, 8)]).toEqual([Number(headers['content-length']), 'styp'])
  })

  it('sends status and headers where there is no body', async () => {
    const whole = await asked(path('film', '2.0.m4s'))
    const head = await asked(path('film', '2.0.m4s'), 'HEAD')
    const said = { ...whole.headers, 'x-headend-length': `${whole.body.length}` }
    expect([head.statusCode, head.headers, head.body.length]).toEqual([200, said, 0])
    const known = await asked(path('film', '2.0.m4s'), 'GET', {
      'if-none-match': whole.headers['etag'] ?? '',
    })
    expect([known.statusCode, known.headers['etag'], known.body.length]).toEqual([
      304,
      whole.headers['etag'],
      0,
    ])
    const refused = await asked(path('film', '99.0.m4s'), 'HEAD')
    expect([refused.statusCode, refused.headers['cache-control'], refused.body.length]).toEqual([
      404,
      'max-age=1',
      0,
    ])
  })

  it('sends a part, and says what lies beyond the end, is not the one that was meant, or is not there', async () => {
    const whole = await asked(path('film', '2.0.m4s'))
    const part = await asked(path('film', '2.0.m4s'), 'GET', { range: 'bytes=100-299' })
    expect([part.statusCode, part.headers['content-range'], part.body]).toEqual([
      206,
      `bytes 100-299/${whole.body.length}`,
      whole.body.subarray(100, 300),
    ])
    const beyond = await asked(path('film', '2.0.m4s'), 'GET', { range: 'bytes=99999999-' })
    expect([beyond.statusCode, beyond.headers['content-range'], codeOf(beyond.body)]).toEqual([
      416,
      `bytes */${whole.body.length}`,
      'MEDIA_RANGE',
    ])
    const other = await asked(path('film', '2.0.m4s'), 'GET', { 'if-match': '"other"' })
    expect([other.statusCode, codeOf(other.body)]).toEqual([412, 'MEDIA_PRECONDITION'])
    const unknown = await asked(path('film', '99.0.m4s'))
    expect([unknown.statusCode, codeOf(unknown.body)]).toEqual([404, 'MEDIA_UNKNOWN'])
    expect((await asked(path('film', '2.0.m4s'), 'PUT')).statusCode).toBe(405)
  })

  it('has no byte of a segment sent when its store breaks off, but an error that is whole', async () => {
    stores.fault = { path: '/upload/', afterBytes: 300_000 }
    const { statusCode, headers, body } = await asked(path('film', '3.0.m4s'))
    stores.fault = undefined
    expect([statusCode, codeOf(body), headers['cache-control']]).toEqual([503, 'SERVICE_BUSY', 'max-age=1'])
    expect([headers['retry-after'], headers['content-length']]).toEqual(['1', `${body.length}`])
    expect((await asked(path('film', '3.0.m4s'))).body.length).toBeGreaterThan(1_000_000)
  })

  it.each([
    ['its film, before the first byte', '/upload/', 0],
    ['its film, within it', '/upload/', 70_000],
    ['its film, before the last byte', '/upload/', 999_999],
    ['its index', '/media/', 10],
  ])('answers an error that is whole when the connection breaks in %s', async (_, place, afterBytes) => {
    stores.fault = { path: place, afterBytes }
    const { statusCode, headers, body } = await asked(path('film', '1.0.m4s'))
    stores.fault = undefined
    expect([statusCode, codeOf(body), headers['retry-after']]).toEqual([503, 'SERVICE_BUSY', '1'])
    expect(headers['content-length']).toBe(`${body.length}`)
  })

  it('holds the longest segments, too, until they are whole', async () => {
    stores.fault = { path: '/upload/', afterBytes: 5_000_000 }
    expect((await asked(path('heavy', '1.0.m4s'))).statusCode).toBe(503)
    stores.fault = undefined
    const { headers, body } = await asked(path('heavy', '1.0.m4s'))
    expect([body.length, body.length > 28_000_000]).toEqual([Number(headers['content-length']), true])
  })
})

describe('the regional manifest function under the runtime client', () => {
  interface Buffered {
    readonly statusCode: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly isBase64Encoded: boolean
  }
  const buffered = async (rawPath: string, headers = {}, method = 'GET') => {
    const { to, bytes } = await manifest.invoke(event(rawPath, method, headers))
    expect(to).toBe('response')
    return JSON.parse(bytes.toString()) as Buffered
  }

  it('answers a manifest above 1 MB in the encoding the cache asks for', async () => {
    const playlist = `/vod/day/${versions.get('day')}/video-1.m3u8`
    const plain = await buffered(playlist)
    expect([plain.statusCode, plain.isBase64Encoded, plain.body.startsWith('#EXTM3U')]).toEqual([
      200,
      false,
      true,
    ])
    expect(plain.body.length).toBeGreaterThan(1_000_000)
    const { headers, body, isBase64Encoded } = await buffered(playlist, { 'accept-encoding': 'gzip' })
    expect([isBase64Encoded, headers['content-encoding']]).toEqual([true, 'gzip'])
    expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe(plain.body)
  })

  it('answers what is wrong', async () => {
    const { statusCode, body } = await buffered('/vod/nobody/index.mpd')
    expect([statusCode, codeOf(Buffer.from(body))]).toEqual([404, 'ASSET_NOT_FOUND'])
  })
})
