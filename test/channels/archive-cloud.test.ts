/** The archive as it is deployed: its queue, its function with its own rights, and the packager that reads it. */
import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { archiveDirectory, archivePart } from '../../lib/timeline/live/archive.ts'
import { hourPage } from '../../lib/timeline/live/head.ts'
import { printHour } from '../../lib/timeline/live/hour.ts'
import { liveObjects } from '../../lib/timeline/live/placement.ts'
import { segmentFile } from '../../lib/timeline/media-path.ts'
import { timelinePrefix } from '../../lib/timeline/stored.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { segmentSeconds, writtenBy } from './feeds.ts'
import { headOf } from './memory-room.ts'

const hour = 494_000
const head = { ...headOf(['video-1'], hour * 3600), id: 'live/other' }
const ref = { id: head.id, version: head.version, hour }
const folder = liveObjects(head.id, head.version, 'video-1')
const segments = [0, 1, 2].map((i) => {
  const start = (hour * 3600 + i * 2) * 1000
  const facts = { cut: 0, duration: 2000, bytes: 100, configId: 'c', sync: true, discontinuity: false }
  return { number: start, start, gap: 'none' as const, ...facts }
})
const dayMs = 86_400_000
/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 45_000
let house: InProcess
let s3: S3Client
let sqs: SQSClient
let queue: string

beforeAll(async () => {
  house = await startInProcess()
  const client = {
    endpoint: house.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  s3 = new S3Client({ ...client, forcePathStyle: true })
  sqs = new SQSClient(client)
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  queue = QueueUrls.find((url) => /ArchiveQueue/.test(url)) ?? ''
  // What viewers are given asks for marks, which the first change of a channel makes.
  await api('PUT', '/v1/channels/news', { segmentSeconds })
  const put = (Key: string, Body: Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: bucket(), Key, Body }))
  for (const { number, cut } of segments) await put(folder + segmentFile(number, cut), new Uint8Array(100))
  await put(
    timelinePrefix(head.id, head.version) + hourPage(hour, 1),
    Buffer.from(printHour(new Map([['video-1', segments]]))),
  )
}, patience)
afterAll(async () => {
  s3?.destroy()
  sqs?.destroy()
  await house?.stop()
})

const bucket = () => house.outputs['MediaBucket'] ?? ''
const send = (message: object) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(message) }))
const daysOf = async (Key: string) => {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket(), Key }))
  return TagSet[0]?.Value
}
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: patience, interval: 200 })

it('is made of an hour that is told of, and played when the segments are gone', {
  timeout: patience,
}, async () => {
  await send({ head, hour, revision: 1 })
  await eventually(async () => {
    await s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: archiveDirectory(ref) }))
  })
  expect(await daysOf(archivePart(ref, 0))).toBe('3')
  for (const { number, cut } of segments)
    await s3.send(new DeleteObjectCommand({ Bucket: bucket(), Key: folder + segmentFile(number, cut) }))
  const [first] = segments
  const path = `/media/clear/${head.id}/${head.version}/video-1/${segmentFile(first?.number ?? 0, 0)}`
  const answer = await fetch((house.outputs['PlaybackUrl'] ?? '') + path)
  expect([answer.status, await answer.text()]).toEqual([200, '\0'.repeat(100)])
  expect((await fetch((house.outputs['PlaybackUrl'] ?? '') + path.replace('.0.m4s', '.1.m4s'))).status).toBe(
    404,
  )
})

it.skipIf(ffmpegMissing !== undefined)(
  'is held for a programme that is to be kept',
  { timeout: 2 * patience },
  async () => {
    for (const { path, bytes } of writtenBy('ts', 12)) await house.upload(`live/news/${path}`, bytes)
    let since = ''
    await eventually(async () => {
      const timeline = (await api('GET', '/v1/channels/news/timeline')) as { since?: string }
      since = timeline.since ?? ''
      expect(since).not.toBe('')
    })
    const to = new Date(Date.parse(since) + 6000).toISOString()
    const keepUntil = new Date(Date.parse(since) + 30 * dayMs).toISOString()
    const programme = '/v1/channels/news/programmes/evening'
    expect(await api('PUT', programme, { from: since, to, keepUntil })).toMatchObject({
      playsUntil: keepUntil,
    })
    // Its hour is not sealed yet: the function finds nothing to keep, and does not fail.
    await send({ id: head.id, version: head.version, heldFrom: hour - 1, heldTo: hour })
    expect(await daysOf(archivePart(ref, 0))).toBe('3')
    expect(await api('PUT', programme, { from: since, to })).not.toHaveProperty('keepUntil')
    expect(house.failures).toEqual([])
  },
)

async function api(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${house.outputs['ApiUrl']}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${house.outputs['OperatorToken']}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}
