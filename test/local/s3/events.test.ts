import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import { busEvent } from '../../../local/s3/bus-event.ts'
import type { S3ObjectEvent } from '../../../local/s3/index.ts'
import { eventually, freshDir, removeDirs, startS3 } from './harness.ts'

const Bucket = 'uploads'
const arn = 'arn:aws:sqs:us-east-1:000000000000:ingest'
const queue = { target: 'queue', arn, events: ['s3:ObjectCreated:*'] } as const

afterAll(removeDirs)

describe('a notification', () => {
  it('tells what happened to which version, in the shape consumers read', async () => {
    const test = await startS3({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) })
    await test.s3.createBucket({ name: Bucket, versioned: true, notifications: [{ ...queue, id: 'ingest' }] })
    const Key = 'vod/my film+é (1).mp4'
    const put = await test.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }))
    const event = await eventually(() => test.events[0])
    expect(event).toMatchObject({ bucket: Bucket, target: 'queue', targetArn: arn })
    expect(event.record).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: '2026-01-02T03:04:05.678Z',
      eventName: 'ObjectCreated:Put',
      s3: {
        configurationId: 'ingest',
        bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
        object: {
          key: 'vod/my+film%2B%C3%A9+%281%29.mp4',
          size: 5,
          eTag: '5d41402abc4b2a76b9719d911017c592',
          versionId: put.VersionId,
        },
      },
    })
    expect(event.record.s3.object.sequencer).toMatch(/^[0-9A-F]{18}$/)
    await test.stop()
  })

  it('is sent for what its event names, prefix and suffix say, once for each target', async () => {
    const test = await startS3()
    await test.s3.createBucket({
      name: Bucket,
      versioned: true,
      notifications: [
        { ...queue, arn: 'mp4', prefix: 'vod/', suffix: '.mp4' },
        {
          ...queue,
          arn: 'copies',
          events: ['s3:ObjectCreated:Copy', 's3:ObjectCreated:CompleteMultipartUpload'],
        },
        { ...queue, arn: 'removed', events: ['s3:ObjectRemoved:*'] },
        { ...queue, arn: 'markers', events: ['s3:ObjectRemoved:DeleteMarkerCreated'] },
      ],
    })
    const put = (Key: string) => test.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    const { VersionId } = await put('vod/a.mp4')
    await put('vod/a.txt')
    await put('other/a.mp4')
    await test.client.send(
      new CopyObjectCommand({ Bucket, Key: 'vod/b.mp4', CopySource: `${Bucket}/vod/a.mp4` }),
    )
    const at = { Bucket, Key: 'big' }
    const { UploadId } = await test.client.send(new CreateMultipartUploadCommand(at))
    const { ETag } = await test.client.send(
      new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x' }),
    )
    const Parts = [{ PartNumber: 1, ETag }]
    await test.client.send(
      new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }),
    )
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'vod/a.mp4' }))
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'vod/a.mp4', VersionId }))
    await eventually(() => test.events.length >= 7)
    const told = test.events.map(
      ({ targetArn, record }) => `${targetArn} ${record.eventName} ${record.s3.object.key}`,
    )
    expect(told.toSorted()).toEqual([
      'copies ObjectCreated:CompleteMultipartUpload big',
      'copies ObjectCreated:Copy vod/b.mp4',
      'markers ObjectRemoved:DeleteMarkerCreated vod/a.mp4',
      'mp4 ObjectCreated:Copy vod/b.mp4',
      'mp4 ObjectCreated:Put vod/a.mp4',
      'removed ObjectRemoved:Delete vod/a.mp4',
      'removed ObjectRemoved:DeleteMarkerCreated vod/a.mp4',
    ])
    await test.stop()
  })

  it('has sequencers that grow, over restarts and clocks set back too', async () => {
    const dir = await freshDir()
    const seen: string[] = []
    for (const nowMs of [2_000_000_000_000, 1_000_000_000_000, 1_000_000_000_000]) {
      const test = await startS3({ dir, now: () => nowMs })
      await test.s3.createBucket({ name: Bucket, notifications: [queue] })
      for (let i = 0; i < 5; i++)
        await test.client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: String(i) }))
      await eventually(() => test.events.length >= 5)
      seen.push(...test.events.map(({ record }) => record.s3.object.sequencer))
      await test.stop()
    }
    expect(seen).toEqual([...new Set(seen)].toSorted())
    expect(seen).toHaveLength(15)
  })
})

describe('delivery', () => {
  it('is tried again until the target takes it, and never after', async () => {
    let tries = 0
    const taken: S3ObjectEvent[] = []
    const emit = (event: S3ObjectEvent) => {
      tries++
      if (tries < 3) return Promise.reject(new Error('not now'))
      taken.push(event)
      return Promise.resolve()
    }
    const test = await startS3({ emit })
    await test.s3.createBucket({ name: Bucket, notifications: [queue] })
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
    await eventually(() => taken.length > 0)
    await test.stop()
    const again = await startS3({ dir: test.dir })
    await again.client.send(new PutObjectCommand({ Bucket, Key: 'y', Body: 'y' }))
    await eventually(() => again.events.length > 0)
    expect(again.events.map(({ record }) => record.s3.object.key)).toEqual(['y'])
    await again.stop()
  })

  it('goes on after a restart with what was acknowledged and not delivered', async () => {
    const test = await startS3({ emit: () => new Promise(() => {}) })
    await test.s3.createBucket({ name: Bucket, notifications: [queue] })
    const keys = Array.from({ length: 50 }, (_, i) => `film-${i}`)
    await Promise.all(keys.map((Key) => test.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))))
    await test.stop()
    const again = await startS3({ dir: test.dir })
    await eventually(() => again.events.length >= 50)
    expect(again.events.map(({ record }) => record.s3.object.key).toSorted()).toEqual(keys.toSorted())
    await again.stop()
  })
})

describe('EventBridge', () => {
  const told = async (test: Awaited<ReturnType<typeof startS3>>, count: number) => {
    await eventually(() => test.events.length >= count)
    return test.events.map((event) => [event.target, busEvent(event)] as const)
  }

  it('is told of an upload field by field as S3 documents it, its key as it is', async () => {
    const test = await startS3({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) })
    await test.s3.createBucket({ name: Bucket, versioned: true, eventBridge: true })
    const Key = 'vod/my film+é (1) 100%.mp4'
    const { VersionId } = await test.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }))
    expect(await told(test, 1)).toEqual([
      [
        'event-bridge',
        {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          'detail-type': 'Object Created',
          source: 'aws.s3',
          account: '000000000000',
          time: '2026-01-02T03:04:05Z',
          region: 'us-east-1',
          resources: [`arn:aws:s3:::${Bucket}`],
          detail: {
            version: '0',
            bucket: { name: Bucket },
            object: {
              key: Key,
              size: 5,
              etag: '5d41402abc4b2a76b9719d911017c592',
              'version-id': VersionId,
              sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
            },
            'request-id': expect.stringMatching(/./),
            requester: '000000000000',
            'source-ip-address': '127.0.0.1',
            reason: 'PutObject',
          },
        },
      ],
    ])
    await test.stop()
  })

  it('is told of everything, by what it came and how it went, beside the notifications', async () => {
    const test = await startS3()
    await test.s3.createBucket({ name: Bucket, versioned: true, eventBridge: true, notifications: [queue] })
    const { VersionId } = await test.client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    await test.client.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))
    const at = { Bucket, Key: 'c' }
    const { UploadId } = await test.client.send(new CreateMultipartUploadCommand(at))
    const part = { ...at, UploadId, PartNumber: 1, Body: 'x' }
    const { ETag } = await test.client.send(new UploadPartCommand(part))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await test.client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }))
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))
    const all = await told(test, 8)
    expect(all.filter(([target]) => target === 'queue')).toHaveLength(3)
    expect(
      all
        .filter(([target]) => target === 'event-bridge')
        .map(([, { 'detail-type': type, detail }]) => {
          const { object, reason, 'deletion-type': how } = detail as Record<string, unknown>
          return [type, (object as { key: string }).key, reason, how].filter(Boolean).join(', ')
        }),
    ).toEqual([
      'Object Created, a, PutObject',
      'Object Created, b, CopyObject',
      'Object Created, c, CompleteMultipartUpload',
      'Object Deleted, a, DeleteObject, Delete Marker Created',
      'Object Deleted, a, DeleteObject, Permanently Deleted',
    ])
    await test.stop()
  })

  it('is told nothing of a bucket that has it not on, and no more of one that was put without it', async () => {
    const test = await startS3()
    await test.s3.createBucket({ name: Bucket })
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
    const put = (NotificationConfiguration: object) =>
      test.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
    await put({ EventBridgeConfiguration: {} })
    const got = await test.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
    expect(got.EventBridgeConfiguration).toEqual({})
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' }))
    await put({})
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: 'x' }))
    await eventually(() => test.events.length > 0)
    expect(test.events.map(({ record }) => record.s3.object.key)).toEqual(['b'])
    await test.stop()
  })
})
