/** The functions themselves, in the environment AWS gives them. */
import { PassThrough, type Writable } from 'node:stream'
import type { Context, SQSEvent } from 'aws-lambda'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { removeDirs } from '../../local/s3/harness.ts'
import { openCloud } from '../cloud.ts'
import { makeFilm } from '../films/make-film.ts'

interface Prelude {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

const preludes = new WeakMap<Writable, Prelude>()
vi.stubGlobal('awslambda', {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from(stream: Writable, prelude: Prelude) {
      preludes.set(stream, prelude)
      return stream
    },
  },
})
const cloud = await openCloud()
for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value)
vi.stubEnv('QUEUE_ATTEMPTS', '5')
const ingest = await import('../../../lambdas/packaging/ingest.ts')
const segment = await import('../../../lambdas/packaging/segment.ts')
const context = { awsRequestId: 'request-1' } as Context
const logged: string[] = []
const log = vi.spyOn(process.stdout, 'write').mockImplementation((line) => logged.push(String(line)) > 0)

afterAll(async () => {
  log.mockRestore()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  await cloud.close()
  await removeDirs()
})

async function fetched(rawPath: string, method = 'GET', headers = {}) {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await segment.handler({ rawPath, headers, requestContext: { http: { method } } }, stream, context)
  return { ...preludes.get(stream), bytes: Buffer.concat(chunks) }
}

describe('ingest and segment', () => {
  const samples = Array.from({ length: 300 }, (_, i) => ({ size: 900, duration: 512, sync: i % 50 === 0 }))
  const film = makeFilm([{ type: 'video', timescale: 12_800, samples }])

  it('make of an upload what a player fetches', async () => {
    const event = {
      Records: [
        {
          messageId: 'good',
          body: await cloud.put('vod/film.mp4', film),
          attributes: { ApproximateReceiveCount: '1' },
        },
        { messageId: 'poison', body: 'no json', attributes: { ApproximateReceiveCount: '1' } },
      ],
    } as SQSEvent
    expect(await ingest.handler(event, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'poison' }],
    })
    const { version, tracks } = await cloud.timeline('film')
    const [first] = tracks[0]?.segments ?? []
    const path = `/media/clear/vod/film/${version}/video-1/1.0.m4s`
    const whole = await fetched(path)
    expect([whole.statusCode, whole.bytes.length]).toEqual([200, first?.bytes])
    const part = await fetched(path, 'GET', { range: 'bytes=100-299' })
    expect([part.statusCode, Buffer.compare(part.bytes, whole.bytes.subarray(100, 300))]).toEqual([206, 0])
    expect((await fetched(path, 'HEAD')).bytes).toHaveLength(0)
    const missing = await fetched(path.replace('1.0', '9.0'))
    expect([missing.statusCode, missing.headers?.['cache-control']]).toEqual([404, 'max-age=1'])
  })

  it('log one line of JSON for each thing that happens, with the request’s id', () => {
    const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ message }) => message)).toEqual(['asset ready', 'ingest failed'])
    for (const line of lines) expect(line).toMatchObject({ requestId: 'request-1', handler: 'ingest' })
    expect(lines[1]).toMatchObject({ level: 'ERROR', error: { code: 'EVENT_UNREADABLE' } })
  })

  it('give no media whose policy was not read, and say when to come again', async () => {
    const body = await cloud.put('vod/unread.mp4', film)
    const record = { messageId: 'unread', body, attributes: { ApproximateReceiveCount: '1' } }
    await ingest.handler({ Records: [record] } as SQSEvent, context)
    const { version } = await cloud.timeline('unread')
    const path = `/media/clear/vod/unread/${version}/video-1/1.0.m4s`
    cloud.faults.add({ service: 'dynamodb', resource: 'rights', key: 'content#vod/unread', kind: 'throttle' })
    const { statusCode, headers, bytes } = await fetched(path)
    expect([statusCode, headers?.['retry-after'], headers?.['cache-control']]).toEqual([
      503,
      '1',
      'max-age=1',
    ])
    expect(JSON.parse(String(bytes))).toMatchObject({ error: { code: 'TABLE_BUSY' } })
    cloud.faults.remove()
    expect((await fetched(path)).statusCode).toBe(200)
  })

  it.each([
    ['S3 asks to slow down', { service: 's3', kind: 'throttle' }, [503, 'SERVICE_BUSY', '1']],
    ['S3 fails', { service: 's3', kind: 'internal' }, [503, 'SERVICE_BUSY', '1']],
    ['S3 breaks off', { service: 's3', kind: 'reset' }, [503, 'SERVICE_BUSY', '1']],
    ['S3 says no', { service: 's3', kind: 'denied' }, [502, 'MEDIA_FAILED', undefined]],
    ['the table fails', { service: 'dynamodb', kind: 'internal' }, [503, 'SERVICE_BUSY', '1']],
    ['the table breaks off', { service: 'dynamodb', kind: 'reset' }, [503, 'SERVICE_BUSY', '1']],
    ['the table says no', { service: 'dynamodb', kind: 'denied' }, [502, 'MEDIA_FAILED', undefined]],
  ] as const)('say whether asking again may help where %s', async (_, rule, answer) => {
    const id = `${rule.service}-${rule.kind}`
    const body = await cloud.put(`vod/${id}.mp4`, film)
    const record = { messageId: id, body, attributes: { ApproximateReceiveCount: '1' } }
    await ingest.handler({ Records: [record] } as SQSEvent, context)
    const { version } = await cloud.timeline(id)
    const path = `/media/clear/vod/${id}/${version}/video-1/1.0.m4s`
    cloud.faults.add(rule)
    const { statusCode, headers, bytes } = await fetched(path)
    cloud.faults.remove()
    const { error } = JSON.parse(String(bytes)) as { error: { code: string } }
    expect([statusCode, error.code, headers?.['retry-after']]).toEqual(answer)
    expect(headers?.['cache-control']).toBe('max-age=1')
    expect((await fetched(path)).statusCode).toBe(200)
  })
})
