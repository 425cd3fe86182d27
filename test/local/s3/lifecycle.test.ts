import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  type TransitionStorageClass,
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

it('moves large objects to colder classes, and those they were replaced by later, but never back', async () => {
  const test = await sweptAt(
    [
      {
        enabled: true,
        prefix: 'archive/',
        transitions: [
          { days: 0, storageClass: 'GLACIER_IR' },
          { days: 90, storageClass: 'DEEP_ARCHIVE' },
        ],
        noncurrentTransitions: [{ days: 5, storageClass: 'GLACIER' }],
      },
    ],
    { versioned: true },
  )
  const large = { Body: Buffer.alloc(128 * 1024) }
  await test.put('archive/large', large)
  await test.put('archive/small')
  await test.put('elsewhere', large)
  const classes = async () => {
    const { Versions = [] } = await test.client.send(new ListObjectVersionsCommand({ Bucket }))
    return Versions.map(({ Key, StorageClass }) => [Key, StorageClass])
  }
  await test.pass(1)
  const moved = [
    ['archive/large', 'GLACIER_IR'],
    ['archive/small', 'STANDARD'],
    ['elsewhere', 'STANDARD'],
  ]
  expect(await classes()).toEqual(moved)
  // Read at once there; in DEEP_ARCHIVE only when it was restored.
  const read = async () => {
    const { Body, StorageClass } = await test.client.send(
      new GetObjectCommand({ Bucket, Key: 'archive/large' }),
    )
    return [StorageClass, (await Body?.transformToByteArray())?.length]
  }
  expect(await read()).toEqual(['GLACIER_IR', 128 * 1024])
  await test.pass(1)
  expect(await classes()).toEqual(moved)
  await test.put('archive/large', { ...large, StorageClass: 'DEEP_ARCHIVE' })
  await test.pass(6)
  expect((await classes()).slice(0, 2)).toEqual([
    ['archive/large', 'DEEP_ARCHIVE'],
    ['archive/large', 'GLACIER'],
  ])
  await expect(read()).rejects.toMatchObject({ name: 'InvalidObjectState' })
  await test.stop()
})

it.each([
  ['to an infrequent class before 30 days', { transitions: [{ days: 29, storageClass: 'STANDARD_IA' }] }],
  ['to the class they come in', { transitions: [{ days: 1, storageClass: 'STANDARD' }] }],
  ['to one that is not there', { noncurrentTransitions: [{ days: 1, storageClass: 'COLD' }] }],
  ['when they are gone', { expirationDays: 5, transitions: [{ days: 5, storageClass: 'GLACIER' }] }],
])('refuses a rule that moves objects %s', async (_name, rule) => {
  const test = await sweptAt([])
  const { transitions = [], noncurrentTransitions = [], expirationDays } = rule as Partial<LifecycleRule>
  const put = test.client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            Filter: { Prefix: '' },
            Transitions: transitions.map(({ days, storageClass }) => ({
              Days: days,
              StorageClass: storageClass as TransitionStorageClass,
            })),
            NoncurrentVersionTransitions: noncurrentTransitions.map(({ days, storageClass }) => ({
              NoncurrentDays: days,
              StorageClass: storageClass as TransitionStorageClass,
            })),
            ...(expirationDays !== undefined && { Expiration: { Days: expirationDays } }),
          },
        ],
      },
    }),
  )
  await expect(put).rejects.toMatchObject({ name: 'InvalidArgument' })
  await test.stop()
})

it('gives back the moves of a rule as they were put', async () => {
  const test = await sweptAt([])
  const rule = {
    ID: 'cold',
    Status: 'Enabled',
    Filter: { Prefix: 'a/' },
    Transitions: [{ Days: 30, StorageClass: 'STANDARD_IA' }],
    NoncurrentVersionTransitions: [{ NoncurrentDays: 3, StorageClass: 'GLACIER' }],
  } as const
  await test.client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [rule as never] },
    }),
  )
  const { Rules } = await test.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
  expect(Rules).toEqual([rule])
  await test.stop()
})
