import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, expect, it } from 'vitest'
import type { LifecycleRule } from '../../../local/s3/index.ts'
import { eventually, removeDirs, startS3 } from './harness.ts'

const dayMs = 86_400_000
const Bucket = 'swept'
afterAll(removeDirs)

async function sweptAt(lifecycle: LifecycleRule[], { versioned = false }: { versioned?: boolean } = {}) {
  const clock = { nowMs: Date.UTC(2026, 0, 1, 12) }
  const test = await startS3({ now: () => clock.nowMs })
  const events = ['s3:LifecycleExpiration:*']
  const notifications = [{ target: 'queue', arn: 'q', events }] as const
  await test.s3.createBucket({ name: Bucket, versioned, lifecycle, notifications })
  return {
    ...test,
    put: (Key: string, more = {}) =>
      test.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more })),
    async pass(days: number) {
      clock.nowMs += days * dayMs
      await test.s3.sweep()
    },
    async left() {
      const { Versions = [], DeleteMarkers = [] } = await test.client.send(
        new ListObjectVersionsCommand({ Bucket }),
      )
      return [...Versions.map(({ Key }) => Key), ...DeleteMarkers.map(({ Key }) => `${Key} (marker)`)]
    },
  }
}

it('expires objects at the midnight after their last day, by prefix and tag', async () => {
  const test = await sweptAt([
    { enabled: true, prefix: 'tmp/', expirationDays: 2 },
    { enabled: true, tags: { keep: 'no' }, expirationDays: 1 },
    { enabled: false, expirationDays: 1 },
  ])
  await test.put('tmp/a')
  await test.put('kept')
  await test.put('tagged', { Tagging: 'keep=no' })
  await test.pass(1)
  expect(await test.left()).toEqual(['kept', 'tagged', 'tmp/a'])
  await test.pass(1.4)
  expect(await test.left()).toEqual(['kept', 'tmp/a'])
  await test.pass(0.2)
  expect(await test.left()).toEqual(['kept'])
  await eventually(() => test.events.length === 2)
  expect(test.events.map(({ record }) => record.eventName)).toEqual(
    Array(2).fill('LifecycleExpiration:Delete'),
  )
  await test.stop()
})

it('removes old versions, and the marker that is left alone', async () => {
  const test = await sweptAt(
    [
      {
        enabled: true,
        noncurrentVersionExpirationDays: 3,
        newerNoncurrentVersions: 1,
        expiredObjectDeleteMarker: true,
      },
    ],
    { versioned: true },
  )
  for (let i = 0; i < 3; i++) await test.put('film')
  await test.put('deleted')
  await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }))
  await test.pass(3)
  expect(await test.left()).toHaveLength(5)
  await test.pass(1)
  expect(await test.left()).toEqual(['deleted', 'film', 'film', 'deleted (marker)'])
  await test.s3.createBucket({
    name: Bucket,
    versioned: true,
    lifecycle: [{ enabled: true, noncurrentVersionExpirationDays: 1, expiredObjectDeleteMarker: true }],
  })
  await test.pass(1)
  await test.pass(1)
  expect(await test.left()).toEqual(['film'])
  await test.stop()
})

it('hides the current version behind a marker where versions are kept', async () => {
  const test = await sweptAt([{ enabled: true, expirationDays: 1 }], { versioned: true })
  await test.put('film')
  await test.pass(2)
  expect(await test.left()).toEqual(['film', 'film (marker)'])
  await test.stop()
})

it('aborts uploads nobody completes', async () => {
  const test = await sweptAt([{ enabled: true, abortIncompleteMultipartUploadDays: 1 }])
  await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }))
  const uploads = async () =>
    (await test.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0
  await test.pass(1)
  expect(await uploads()).toBe(1)
  await test.pass(1)
  expect(await uploads()).toBe(0)
  await test.stop()
})
