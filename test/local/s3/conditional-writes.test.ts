import { request as httpRequest } from 'node:http'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { fault, openS3 } from './harness.ts'

const Bucket = 'media'
const test = await openS3([{ name: Bucket }])

const put = (Key: string, Body: string, more = {}) =>
  test.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const read = async (Key: string) =>
  (await test.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

describe('a conditional write', () => {
  it('creates once', async () => {
    await put('once', '1', { IfNoneMatch: '*' })
    expect(await fault(put('once', '2', { IfNoneMatch: '*' }))).toEqual({
      name: 'PreconditionFailed',
      status: 412,
    })
    expect(await read('once')).toBe('1')
  })

  it('swaps only what it saw', async () => {
    const { ETag } = await put('swap', '1')
    await put('swap', '2', { IfMatch: ETag })
    expect(await fault(put('swap', '3', { IfMatch: ETag }))).toMatchObject({ status: 412 })
    expect(await fault(put('absent', '1', { IfMatch: ETag }))).toEqual({ name: 'NoSuchKey', status: 404 })
    expect(await fault(put('swap', '3', { IfNoneMatch: ETag }))).toMatchObject({ status: 501 })
  })

  it('lets exactly one of many racers create a key', async () => {
    const racers = Array.from({ length: 40 }, (_, i) => put('race', `racer ${i}`, { IfNoneMatch: '*' }))
    const results = await Promise.allSettled(racers)
    const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []))
    expect(winners).toHaveLength(1)
    expect(await read('race')).toBe(`racer ${winners[0]}`)
  })

  it('loses no update of a counter that many swap', async () => {
    await put('counter', '0')
    const increment = async () => {
      for (;;) {
        const { Body, ETag } = await test.client.send(new GetObjectCommand({ Bucket, Key: 'counter' }))
        const next = String(Number(await Body?.transformToString()) + 1)
        try {
          await put('counter', next, { IfMatch: ETag })
          return
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, increment))
    expect(await read('counter')).toBe('8')
  })

  it('is a conflict where the object was deleted while the body came', async () => {
    await put('deleted', '1')
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    const slow = httpRequest(
      `${test.endpoint}/${Bucket}/deleted`,
      { method: 'PUT', headers: { 'if-none-match': '*', 'content-length': 4 } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    slow.write('ab')
    await new Promise((done) => {
      setTimeout(done, 100)
    })
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }))
    slow.end('cd')
    expect(await promise).toBe(409)
    expect((await fault(read('deleted'))).name).toBe('NoSuchKey')
  })

  it('guards the completion of an upload in parts, which can then be tried again', async () => {
    const Key = 'parts'
    const { UploadId } = await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const part = await test.client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'only' }),
    )
    const complete = (more: object) =>
      test.client.send(
        new CompleteMultipartUploadCommand({
          Bucket,
          Key,
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }] },
          ...more,
        }),
      )
    await put(Key, 'there already')
    expect((await fault(complete({ IfNoneMatch: '*' }))).status).toBe(412)
    await test.client.send(new DeleteObjectCommand({ Bucket, Key }))
    await complete({ IfNoneMatch: '*' })
    expect(await read(Key)).toBe('only')
  })

  it('deletes only what it saw', async () => {
    const { ETag } = await put('if-match', '1')
    await put('if-match', '2')
    const stale = new DeleteObjectCommand({ Bucket, Key: 'if-match', IfMatch: ETag })
    expect((await fault(test.client.send(stale))).status).toBe(412)
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'if-match', IfMatch: '*' }))
    expect((await fault(read('if-match'))).name).toBe('NoSuchKey')
  })
})
