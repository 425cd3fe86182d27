import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { fault, openS3 } from './harness.ts'

const Bucket = 'films'
const odd = 'vod/a b+é&<"\'>/😀//..//film (1).mp4'
const test = await openS3([{ name: Bucket }])

const put = (Key: string, Body: string | Uint8Array, more = {}) =>
  test.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const read = async (Key: string, more = {}) => {
  const answer = await test.client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return { ...answer, text: await answer.Body?.transformToString() }
}

describe('an object', () => {
  it('comes back with its bytes and everything said of it', async () => {
    await put(odd, 'hello', {
      ContentType: 'video/mp4',
      CacheControl: 'max-age=5',
      ContentDisposition: 'attachment; filename="x"',
      ContentLanguage: 'pl',
      ContentEncoding: 'gzip',
      Metadata: { pts: '123' },
      Tagging: 'kind=film&year=2008',
    })
    const answer = await read(odd)
    expect(answer).toMatchObject({
      text: 'hello',
      ContentType: 'video/mp4',
      CacheControl: 'max-age=5',
      ContentDisposition: 'attachment; filename="x"',
      ContentLanguage: 'pl',
      ContentEncoding: 'gzip',
      Metadata: { pts: '123' },
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      TagCount: 2,
      ServerSideEncryption: 'AES256',
      AcceptRanges: 'bytes',
    })
    expect(await test.client.send(new HeadObjectCommand({ Bucket, Key: odd }))).toMatchObject({
      ContentLength: 5,
    })
  })

  it('may be empty', async () => {
    await put('empty', '')
    expect(await read('empty')).toMatchObject({ text: '', ContentLength: 0 })
    expect(await fault(read('empty', { Range: 'bytes=0-0' }))).toMatchObject({ status: 416 })
  })

  it('is stored without the aws-chunked framing of a stream', async () => {
    const bytes = Buffer.alloc(300_000, 'z')
    await test.client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
        ContentLength: bytes.length,
      }),
    )
    const answer = await test.client.send(new GetObjectCommand({ Bucket, Key: 'stream' }))
    expect(answer.ContentEncoding).toBeUndefined()
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
  })

  it('is answered with what response-* parameters ask for', async () => {
    await put('named', 'x')
    const answer = await read('named', {
      ResponseContentType: 'text/plain',
      ResponseContentDisposition: 'inline',
      ResponseCacheControl: 'no-store',
    })
    expect(answer).toMatchObject({
      ContentType: 'text/plain',
      ContentDisposition: 'inline',
      CacheControl: 'no-store',
    })
  })

  it('that is missing, or in a missing bucket, says which', async () => {
    expect(await fault(read('nope'))).toEqual({ name: 'NoSuchKey', status: 404 })
    expect(await fault(test.client.send(new HeadObjectCommand({ Bucket, Key: 'nope' })))).toMatchObject({
      status: 404,
    })
    expect(
      await fault(test.client.send(new GetObjectCommand({ Bucket: 'no-bucket', Key: 'x' }))),
    ).toMatchObject({
      name: 'NoSuchBucket',
    })
  })

  it('refuses a key, metadata or tags over the limits', async () => {
    expect((await fault(put('k'.repeat(1025), 'x'))).name).toBe('KeyTooLongError')
    expect((await fault(put('m', 'x', { Metadata: { a: 'x'.repeat(2048) } }))).name).toBe('MetadataTooLarge')
    const Tagging = Array.from({ length: 11 }, (_, i) => `t${i}=1`).join('&')
    expect((await fault(put('t', 'x', { Tagging }))).name).toBe('BadRequest')
  })
})

describe('a range', () => {
  beforeAll(() => put('digits', '0123456789'))
  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-30', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
  ])('%s gives %s', async (Range, text, ContentRange) => {
    expect(await read('digits', { Range })).toMatchObject({
      text,
      ContentRange,
      ContentLength: text.length,
      $metadata: { httpStatusCode: 206 },
    })
  })
  it.each(['bytes=0-1,4-5', 'bytes=4-2', 'chunks=1-2', 'bytes=a-b'])('%s is no range', async (Range) => {
    expect(await read('digits', { Range })).toMatchObject({
      text: '0123456789',
      $metadata: { httpStatusCode: 200 },
    })
  })
  it.each(['bytes=10-', 'bytes=20-30', 'bytes=-0'])('%s cannot be satisfied', async (Range) => {
    expect(await fault(read('digits', { Range }))).toEqual({ name: 'InvalidRange', status: 416 })
    const answer = await fetch(`${test.endpoint}/${Bucket}/digits`, { headers: { range: Range } })
    expect(answer.headers.get('content-range')).toBe('bytes */10')
  })
  it('that is good in length only is answered to HEAD as to GET', async () => {
    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'digits', Range: 'bytes=2-4' }))
    expect(head).toMatchObject({ ContentLength: 3, ContentRange: 'bytes 2-4/10' })
  })
})

describe('a conditional read', () => {
  it('gives 304 and 412 in the order of RFC 9110', async () => {
    const { ETag } = await put('cond', 'x', { CacheControl: 'max-age=9' })
    const { LastModified = new Date() } = await read('cond')
    const before = new Date(LastModified.getTime() - 60_000)
    const after = new Date(LastModified.getTime() + 60_000)
    expect((await fault(read('cond', { IfNoneMatch: ETag }))).status).toBe(304)
    expect((await fault(read('cond', { IfNoneMatch: '"a", *' }))).status).toBe(304)
    expect((await fault(read('cond', { IfModifiedSince: after }))).status).toBe(304)
    expect((await fault(read('cond', { IfMatch: '"nope"' }))).status).toBe(412)
    expect((await fault(read('cond', { IfUnmodifiedSince: before }))).status).toBe(412)
    expect((await read('cond', { IfMatch: ETag, IfUnmodifiedSince: before })).text).toBe('x')
    expect((await read('cond', { IfNoneMatch: '"other"', IfModifiedSince: after })).text).toBe('x')
    const bare = await fetch(`${test.endpoint}/${Bucket}/cond`, { headers: { 'if-none-match': ETag ?? '' } })
    expect([bare.status, bare.headers.get('etag'), bare.headers.get('cache-control')]).toEqual([
      304,
      ETag,
      'max-age=9',
    ])
  })
})

describe('a copy', () => {
  it('keeps or replaces what was said of the object', async () => {
    await put(odd, 'copied', { ContentType: 'video/mp4', Metadata: { a: '1' }, Tagging: 'k=v' })
    const CopySource = `${Bucket}/${encodeURIComponent(odd)}`
    await test.client.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource }))
    expect(await read('kept')).toMatchObject({
      text: 'copied',
      ContentType: 'video/mp4',
      Metadata: { a: '1' },
      TagCount: 1,
    })
    await test.client.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'replaced',
        CopySource,
        MetadataDirective: 'REPLACE',
        ContentType: 'text/plain',
        TaggingDirective: 'REPLACE',
      }),
    )
    const replaced = await read('replaced')
    expect(replaced).toMatchObject({ text: 'copied', ContentType: 'text/plain', Metadata: {} })
    expect(replaced.TagCount).toBeUndefined()
  })

  it('onto itself must change something', async () => {
    await put('self', 'x')
    const onto = { Bucket, Key: 'self', CopySource: `${Bucket}/self` }
    expect((await fault(test.client.send(new CopyObjectCommand(onto)))).name).toBe('InvalidRequest')
    const change = { MetadataDirective: 'REPLACE', Metadata: { b: '2' } } as const
    await test.client.send(new CopyObjectCommand({ ...onto, ...change }))
    expect(await read('self')).toMatchObject({ text: 'x', Metadata: { b: '2' } })
  })

  it('honours conditions on its source and on what it replaces', async () => {
    const { ETag } = await put('source', 'x')
    const copy = (more: object) =>
      test.client.send(
        new CopyObjectCommand({ Bucket, Key: 'target', CopySource: `${Bucket}/source`, ...more }),
      )
    expect((await fault(copy({ CopySourceIfMatch: '"no"' }))).status).toBe(412)
    expect((await fault(copy({ CopySourceIfNoneMatch: ETag }))).status).toBe(412)
    await copy({ CopySourceIfMatch: ETag, IfNoneMatch: '*' })
    expect((await fault(copy({ IfNoneMatch: '*' }))).status).toBe(412)
    expect((await fault(copy({ CopySource: `${Bucket}/missing` }))).name).toBe('NoSuchKey')
  })
})

describe('tags and attributes', () => {
  it('can be read and changed', async () => {
    await put('tagged', 'hello')
    const TagSet = [{ Key: 'a', Value: 'b <&> c' }]
    await test.client.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }))
    expect((await test.client.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet).toEqual(
      TagSet,
    )
    const attributes = await test.client.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'tagged',
        ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum', 'StorageClass'],
      }),
    )
    expect(attributes).toMatchObject({
      ETag: '5d41402abc4b2a76b9719d911017c592',
      ObjectSize: 5,
      StorageClass: 'STANDARD',
      Checksum: { ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' },
    })
  })
})

describe('a delete', () => {
  it('takes one key or many, and is no error for a key that is not there', async () => {
    for (const key of ['d1', 'd2', odd]) await put(key, 'x')
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'd1' }))
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'd1' }))
    const Objects = [{ Key: 'd2' }, { Key: odd }, { Key: 'never' }]
    const { Deleted } = await test.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['d2', odd, 'never'])
    for (const key of ['d1', 'd2', odd]) expect((await fault(read(key))).name).toBe('NoSuchKey')
    const quiet = await test.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    )
    expect(quiet.Deleted).toBeUndefined()
  })
})

describe('a request S3 would not take', () => {
  it.each([
    ['GET', `/${Bucket}/x?torrent`, 501, 'NotImplemented'],
    ['PATCH', `/${Bucket}/x`, 405, 'MethodNotAllowed'],
    ['GET', `/${Bucket}/%ff`, 400, 'InvalidURI'],
    ['GET', `/${Bucket}/x?versionId=zz`, 400, 'InvalidArgument'],
    ['GET', `/${Bucket}?list-type=2&max-keys=x`, 400, 'InvalidArgument'],
    ['POST', `/${Bucket}?delete`, 400, 'InvalidRequest'],
  ])('%s %s is %d %s', async (method, path, status, code) => {
    const answer = await fetch(test.endpoint + path, { method })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(`<Code>${code}</Code>`)
    expect(answer.headers.get('x-amz-request-id')).toMatch(/^[0-9A-F]{16}$/)
  })
})
