import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeEach, expect, it } from 'vitest'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { fault, openS3 } from './harness.ts'

const Bucket = 'guarded'
const arn = `arn:aws:s3:::${Bucket}`
const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/k'
let asked: string[] = []
let denied = new Set<string>()
const role: Caller = { kind: 'role', role: 'IngestRole' }

const test = await openS3(
  [
    { name: Bucket, versioned: true },
    { name: 'with-key', encryption: { algorithm: 'aws:kms', keyArn } },
  ],
  {
    caller: () => role,
    authorize: (caller, action, resource, context = {}) => {
      const prefix = context['s3:prefix']
      asked.push(
        `${caller === role ? '' : 'not the caller: '}${action} ${resource}${prefix === undefined ? '' : ` prefix=${String(prefix)}`}`,
      )
      if (denied.has(action)) throw new AwsFault('AccessDenied', 'Access Denied', 403)
    },
  },
)
const { VersionId: versionId } = await test.client.send(
  new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' }),
)
beforeEach(() => {
  asked = []
  denied = new Set()
})

async function asks(work: () => Promise<unknown>): Promise<string[]> {
  asked = []
  await work()
  return asked
}

it('asks for the permission AWS asks for', async () => {
  const { client } = test
  const at = { Bucket, Key: 'k' }
  const onKey = (...actions: string[]) => actions.map((action) => `s3:${action} ${arn}/k`)
  expect(await asks(() => client.send(new GetObjectCommand(at)))).toEqual(onKey('GetObject'))
  expect(await asks(() => client.send(new HeadObjectCommand(at)))).toEqual(onKey('GetObject'))
  expect(await asks(() => client.send(new GetObjectCommand({ ...at, VersionId: versionId })))).toEqual(
    onKey('GetObjectVersion'),
  )
  expect(await asks(() => client.send(new GetObjectTaggingCommand({ ...at, VersionId: versionId })))).toEqual(
    onKey('GetObjectVersionTagging'),
  )
  expect(
    await asks(() => client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [] } }))),
  ).toEqual(onKey('PutObjectTagging'))
  expect(
    await asks(() => client.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ETag'] }))),
  ).toEqual(onKey('GetObject', 'GetObjectAttributes'))
  expect(await asks(() => client.send(new PutObjectCommand({ ...at, Body: 'y', Tagging: 'a=b' })))).toEqual(
    onKey('PutObject', 'PutObjectTagging'),
  )
  expect(await asks(() => client.send(new PutObjectCommand({ ...at, Body: 'z', IfMatch: '*' })))).toEqual(
    onKey('PutObject', 'GetObject'),
  )
  expect(
    await asks(() =>
      client.send(
        new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k?versionId=${versionId}` }),
      ),
    ),
  ).toEqual([`s3:GetObjectVersion ${arn}/k`, `s3:PutObject ${arn}/copy`])
  expect(await asks(() => client.send(new DeleteObjectCommand(at)))).toEqual(onKey('DeleteObject'))
  expect(await asks(() => client.send(new DeleteObjectCommand({ ...at, VersionId: versionId })))).toEqual(
    onKey('DeleteObjectVersion'),
  )
})

it('asks for lists and uploads by their own names', async () => {
  const { client } = test
  expect(await asks(() => client.send(new ListBucketsCommand({})))).toEqual([
    's3:ListAllMyBuckets arn:aws:s3:::*',
  ])
  expect(await asks(() => client.send(new ListObjectsV2Command({ Bucket, Prefix: 'vod/' })))).toEqual([
    `s3:ListBucket ${arn} prefix=vod/`,
  ])
  expect(await asks(() => client.send(new ListObjectVersionsCommand({ Bucket })))).toEqual([
    `s3:ListBucketVersions ${arn}`,
  ])
  expect(await asks(() => client.send(new ListMultipartUploadsCommand({ Bucket })))).toEqual([
    `s3:ListBucketMultipartUploads ${arn}`,
  ])
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }))
  const at = { Bucket, Key: 'k', UploadId }
  expect(await asks(() => client.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'x' })))).toEqual([
    `s3:PutObject ${arn}/k`,
  ])
  expect(await asks(() => client.send(new ListPartsCommand(at)))).toEqual([
    `s3:ListMultipartUploadParts ${arn}/k`,
  ])
  expect(await asks(() => client.send(new AbortMultipartUploadCommand(at)))).toEqual([
    `s3:AbortMultipartUpload ${arn}/k`,
  ])
})

it('asks for the use of the customer key in the name of S3', async () => {
  const at = { Bucket: 'with-key', Key: 'k' }
  expect(await asks(() => test.client.send(new PutObjectCommand({ ...at, Body: 'x' })))).toContain(
    `kms:GenerateDataKey ${keyArn}`,
  )
  expect(await asks(() => test.client.send(new GetObjectCommand(at)))).toContain(`kms:Decrypt ${keyArn}`)
  denied.add('kms:Decrypt')
  expect(await fault(test.client.send(new GetObjectCommand(at)))).toEqual({
    name: 'AccessDenied',
    status: 403,
  })
})

it('tells who may not list nothing of what is missing', async () => {
  const missing = () => test.client.send(new GetObjectCommand({ Bucket, Key: 'missing' }))
  expect((await fault(missing())).name).toBe('NoSuchKey')
  denied.add('s3:ListBucket')
  expect(await fault(missing())).toEqual({ name: 'AccessDenied', status: 403 })
  expect((await fault(test.client.send(new HeadObjectCommand({ Bucket, Key: 'missing' })))).status).toBe(403)
})

it('stores and deletes nothing without permission, key by key', async () => {
  await test.client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: '1' }))
  denied = new Set(['s3:PutObject', 's3:DeleteObject'])
  expect(
    (await fault(test.client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: '2' })))).name,
  ).toBe('AccessDenied')
  const { Errors, Deleted } = await test.client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'there' }] } }),
  )
  expect(Deleted).toBeUndefined()
  expect(Errors).toMatchObject([{ Key: 'there', Code: 'AccessDenied' }])
  denied = new Set()
  const { Body } = await test.client.send(new GetObjectCommand({ Bucket, Key: 'there' }))
  expect(await Body?.transformToString()).toBe('1')
})
