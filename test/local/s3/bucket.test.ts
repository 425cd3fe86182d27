import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { beforeAll, describe, expect, it } from 'vitest'
import { fault, openS3 } from './harness.ts'

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/media'
const player = 'https://player.example'
const test = await openS3([])

describe('a bucket', () => {
  it('can be made, seen, and removed once it is empty', async () => {
    const Bucket = 'made-here'
    await test.client.send(new CreateBucketCommand({ Bucket }))
    await test.client.send(new CreateBucketCommand({ Bucket }))
    await test.client.send(new HeadBucketCommand({ Bucket }))
    expect(
      (await test.client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint,
    ).toBeUndefined()
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
    expect((await fault(test.client.send(new DeleteBucketCommand({ Bucket })))).name).toBe('BucketNotEmpty')
    await test.s3.createBucket({ name: 'empty-bucket' })
    await test.client.send(new DeleteBucketCommand({ Bucket: 'empty-bucket' }))
    expect((await fault(test.client.send(new HeadBucketCommand({ Bucket: 'empty-bucket' })))).status).toBe(
      404,
    )
    expect((await fault(test.client.send(new CreateBucketCommand({ Bucket: 'NO' })))).name).toBe(
      'InvalidBucketName',
    )
  })

  it('shows the settings it was made with', async () => {
    const Bucket = 'configured'
    const queueArn = 'arn:aws:sqs:us-east-1:000000000000:ingest'
    await test.s3.createBucket({
      name: Bucket,
      versioned: true,
      cors: [{ allowedOrigins: ['*'], allowedMethods: ['GET'], maxAgeSeconds: 60 }],
      notifications: [
        { target: 'queue', arn: queueArn, events: ['s3:ObjectCreated:*'], prefix: 'vod/', suffix: '.mp4' },
      ],
      lifecycle: [
        {
          id: 'old',
          enabled: true,
          abortIncompleteMultipartUploadDays: 1,
          noncurrentVersionExpirationDays: 30,
        },
      ],
      encryption: { algorithm: 'aws:kms', keyArn, bucketKey: true },
    })
    expect((await test.client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
    expect((await test.client.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([
      { AllowedOrigins: ['*'], AllowedMethods: ['GET'], MaxAgeSeconds: 60 },
    ])
    const notification = await test.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
    expect(notification.QueueConfigurations).toEqual([
      {
        QueueArn: queueArn,
        Events: ['s3:ObjectCreated:*'],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'Prefix', Value: 'vod/' },
              { Name: 'Suffix', Value: '.mp4' },
            ],
          },
        },
      },
    ])
    const lifecycle = await test.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(lifecycle.Rules).toMatchObject([
      {
        ID: 'old',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    ])
    const encryption = await test.client.send(new GetBucketEncryptionCommand({ Bucket }))
    expect(encryption.ServerSideEncryptionConfiguration?.Rules?.[0]).toEqual({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
      BucketKeyEnabled: true,
    })
  })

  it('takes settings over the wire and gives them back', async () => {
    const Bucket = 'changed'
    await test.s3.createBucket({ name: Bucket })
    expect((await fault(test.client.send(new GetBucketCorsCommand({ Bucket })))).name).toBe(
      'NoSuchCORSConfiguration',
    )
    const CORSRules = [
      {
        AllowedMethods: ['GET', 'HEAD'],
        AllowedOrigins: [player],
        AllowedHeaders: ['*'],
        ExposeHeaders: ['ETag'],
      },
    ]
    await test.client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
    expect((await test.client.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(CORSRules)
    await test.client.send(new DeleteBucketCorsCommand({ Bucket }))
    const Rules = [
      {
        ID: 'r',
        Status: 'Enabled' as const,
        Filter: { And: { Prefix: 'tmp/', Tags: [{ Key: 'a', Value: 'b' }] } },
        Expiration: { Days: 2 },
      },
    ]
    await test.client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    )
    const { Rules: read } = await test.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(read).toEqual(Rules)
    const LambdaFunctionConfigurations = [
      {
        Id: 'f',
        LambdaFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:x',
        Events: ['s3:ObjectRemoved:*' as const],
      },
    ]
    await test.client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { LambdaFunctionConfigurations },
      }),
    )
    const notification = await test.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
    expect(notification.LambdaFunctionConfigurations).toEqual(LambdaFunctionConfigurations)
  })

  it('refuses a document that is not well-formed', async () => {
    await test.s3.createBucket({ name: 'malformed' })
    for (const body of [
      '',
      '<x>',
      '<CORSConfiguration><CORSRule></CORSConfiguration>',
      '<CORSConfiguration>&nope;</CORSConfiguration>',
    ]) {
      const answer = await fetch(`${test.endpoint}/malformed?cors`, { method: 'PUT', body })
      expect([answer.status, (await answer.text()).includes('MalformedXML')]).toEqual([400, true])
    }
  })

  it('encrypts by its own key, and gives ETags that are no MD5 then', async () => {
    const Bucket = 'encrypted'
    await test.s3.createBucket({
      name: Bucket,
      encryption: { algorithm: 'aws:kms', keyArn, bucketKey: true },
    })
    const said = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn, BucketKeyEnabled: true }
    const put = await test.client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'hello' }))
    expect(put).toMatchObject(said)
    expect(put.ETag).toMatch(/^"[0-9a-f]{32}"$/)
    expect(put.ETag).not.toBe('"5d41402abc4b2a76b9719d911017c592"')
    expect(await test.client.send(new GetObjectCommand({ Bucket, Key: 'x' }))).toMatchObject({
      ...said,
      ETag: put.ETag,
    })
    expect(await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'y' }))).toMatchObject(said)
    const copy = new CopyObjectCommand({
      Bucket,
      Key: 'z',
      CopySource: `${Bucket}/x`,
      ServerSideEncryption: 'AES256',
    })
    expect((await test.client.send(copy)).ServerSideEncryption).toBe('AES256')
  })
})

describe('cross-origin requests', () => {
  const Bucket = 'cross-origin'
  beforeAll(async () => {
    const readers = { allowedMethods: ['GET', 'HEAD'], exposeHeaders: ['ETag'], maxAgeSeconds: 300 }
    await test.s3.createBucket({
      name: Bucket,
      cors: [
        { ...readers, allowedOrigins: [player, 'http://*.local'], allowedHeaders: ['range', 'x-amz-*'] },
        { allowedMethods: ['PUT'], allowedOrigins: ['*'], allowedHeaders: ['*'] },
      ],
    })
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }))
  })
  const preflight = async (origin: string, method: string, headers?: string) => {
    const answer = await fetch(`${test.endpoint}/${Bucket}/x`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        ...(headers === undefined ? {} : { 'access-control-request-headers': headers }),
      },
    })
    const { headers: got } = answer
    return [answer.status, got.get('access-control-allow-origin'), got.get('access-control-allow-headers')]
  }

  it('are judged before they are made', async () => {
    expect(await preflight(player, 'GET', 'Range, x-amz-date')).toEqual([200, player, 'Range, x-amz-date'])
    expect(await preflight('http://tv.local', 'HEAD')).toEqual([200, 'http://tv.local', null])
    expect(await preflight('https://other.example', 'PUT', 'content-type')).toEqual([
      200,
      '*',
      'content-type',
    ])
    expect(await preflight('https://other.example', 'GET')).toEqual([403, null, null])
    expect(await preflight(player, 'GET', 'authorization')).toEqual([403, null, null])
    expect(await preflight(player, 'DELETE')).toEqual([403, null, null])
  })

  it('get the headers a page needs, with errors too', async () => {
    for (const [key, status] of [
      ['x', 200],
      ['missing', 404],
    ] as const) {
      const answer = await fetch(`${test.endpoint}/${Bucket}/${key}`, { headers: { origin: player } })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe(player)
      expect(answer.headers.get('access-control-expose-headers')).toBe('ETag')
      expect(answer.headers.get('access-control-max-age')).toBe('300')
      expect(answer.headers.get('vary')).toContain('Origin')
    }
    const foreign = await fetch(`${test.endpoint}/${Bucket}/x`, {
      headers: { origin: 'https://evil.example' },
    })
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('presigned URLs', () => {
  const Bucket = 'presigned'
  beforeAll(() => test.s3.createBucket({ name: Bucket }))

  it('put and get without the SDK at the other end', async () => {
    const put = new PutObjectCommand({
      Bucket,
      Key: 'a b',
      ContentType: 'video/mp4',
      Metadata: { title: 'x' },
      Tagging: 'a=b',
    })
    const putUrl = await getSignedUrl(test.client, put, { expiresIn: 60 })
    const stored = await fetch(putUrl, {
      method: 'PUT',
      body: 'by link',
      headers: { 'content-type': 'video/mp4' },
    })
    expect(stored.status).toBe(200)
    const get = new GetObjectCommand({ Bucket, Key: 'a b', ResponseContentDisposition: 'attachment' })
    const answer = await fetch(await getSignedUrl(test.client, get, { expiresIn: 60 }))
    expect(await answer.text()).toBe('by link')
    expect(answer.headers.get('content-type')).toBe('video/mp4')
    expect(answer.headers.get('content-disposition')).toBe('attachment')
    expect(answer.headers.get('x-amz-meta-title')).toBe('x')
  })
})
