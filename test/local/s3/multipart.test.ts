import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { fault, openS3, startS3 } from './harness.ts'

const Bucket = 'films'
const MiB = 1024 * 1024
const pieces = [randomBytes(5 * MiB), randomBytes(5 * MiB), randomBytes(1000)]
const whole = Buffer.concat(pieces)
const test = await openS3([{ name: Bucket }])

interface Part {
  PartNumber: number
  ETag: string | undefined
  [checksum: `Checksum${string}`]: string | undefined
}

async function start(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))
  const at = { Bucket, Key, UploadId }
  return {
    at,
    async part(PartNumber: number, Body: Uint8Array): Promise<Part> {
      const { ChecksumAlgorithm } = more
      const answer = await test.client.send(
        new UploadPartCommand({ ...at, PartNumber, Body, ChecksumAlgorithm }),
      )
      const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = answer
      return {
        PartNumber,
        ETag,
        ChecksumCRC32,
        ChecksumCRC32C,
        ChecksumCRC64NVME,
        ChecksumSHA1,
        ChecksumSHA256,
      }
    },
    complete: (Parts: Part[], conditions = {}) =>
      test.client.send(
        new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts }, ...conditions }),
      ),
    list: (paging = {}) => test.client.send(new ListPartsCommand({ ...at, ...paging })),
    abort: () => test.client.send(new AbortMultipartUploadCommand(at)),
  }
}

const uploadAll = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
  const upload = await start(Key, more)
  const parts = await Promise.all(pieces.map((piece, index) => upload.part(index + 1, piece)))
  return { upload, parts, completed: await upload.complete(parts) }
}

describe('an upload in parts', () => {
  it('becomes one object with the headers of its start and an ETag of its parts', async () => {
    const { completed } = await uploadAll('film', {
      ContentType: 'video/mp4',
      Metadata: { a: '1' },
      Tagging: 'k=v',
    })
    const md5s = pieces.map((piece) => createHash('md5').update(piece).digest())
    expect(completed.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`)
    const answer = await test.client.send(new GetObjectCommand({ Bucket, Key: 'film' }))
    expect(answer).toMatchObject({
      ContentType: 'video/mp4',
      Metadata: { a: '1' },
      TagCount: 1,
      ETag: completed.ETag,
    })
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true)
  })

  it('is read across parts by range, and part by part', async () => {
    await uploadAll('ranged')
    const from = 5 * MiB - 7
    const range = await test.client.send(
      new GetObjectCommand({ Bucket, Key: 'ranged', Range: `bytes=${from}-${from + 5 * MiB + 20}` }),
    )
    const bytes = Buffer.from((await range.Body?.transformToByteArray()) ?? [])
    expect(bytes.equals(whole.subarray(from, from + 5 * MiB + 21))).toBe(true)
    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'ranged', PartNumber: 3 }))
    expect(head).toMatchObject({ PartsCount: 3, ContentLength: 1000, $metadata: { httpStatusCode: 206 } })
    const part = await test.client.send(new GetObjectCommand({ Bucket, Key: 'ranged', PartNumber: 2 }))
    expect(Buffer.from((await part.Body?.transformToByteArray()) ?? []).equals(pieces[1] ?? whole)).toBe(true)
    expect(
      (await fault(test.client.send(new GetObjectCommand({ Bucket, Key: 'ranged', PartNumber: 4 })))).status,
    ).toBe(416)
  })

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
    'has a composite %s of its parts',
    async (algorithm) => {
      const { upload, completed } = await uploadAll(`composite-${algorithm}`, {
        ChecksumAlgorithm: algorithm,
      })
      expect(completed.ChecksumType).toBe('COMPOSITE')
      expect(completed[`Checksum${algorithm}`]).toMatch(/=-3$|[A-Za-z0-9+/]-3$/)
      const attributes = await test.client.send(
        new GetObjectAttributesCommand({
          Bucket,
          Key: upload.at.Key,
          ObjectAttributes: ['ObjectParts', 'Checksum'],
        }),
      )
      expect(attributes.ObjectParts).toMatchObject({ TotalPartsCount: 3, IsTruncated: false })
      expect(attributes.ObjectParts?.Parts?.map(({ Size }) => Size)).toEqual(
        pieces.map(({ length }) => length),
      )
    },
  )

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
    'has a %s of the whole, joined from its parts',
    async (algorithm) => {
      const { completed } = await uploadAll(`full-${algorithm}`, {
        ChecksumAlgorithm: algorithm,
        ChecksumType: 'FULL_OBJECT',
      })
      const inOne = await test.client.send(
        new PutObjectCommand({ Bucket, Key: `one-${algorithm}`, Body: whole, ChecksumAlgorithm: algorithm }),
      )
      expect(completed.ChecksumType).toBe('FULL_OBJECT')
      expect(completed[`Checksum${algorithm}`]).toBe(inOne[`Checksum${algorithm}`])
      const answer = await test.client.send(
        new GetObjectCommand({ Bucket, Key: `full-${algorithm}`, ChecksumMode: 'ENABLED' }),
      )
      expect((await answer.Body?.transformToByteArray())?.length).toBe(whole.length)
    },
  )

  it('takes parts from other objects, whole or by range', async () => {
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'source', Body: whole }))
    const upload = await start('assembled')
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      test.client.send(
        new UploadPartCopyCommand({
          ...upload.at,
          PartNumber,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        }),
      )
    const parts: Part[] = []
    for (const [index, range] of ['bytes=0-5242879', 'bytes=5242880-10485759', undefined].entries()) {
      const { CopyPartResult } = await copy(index + 1, range)
      parts.push({
        PartNumber: index + 1,
        ETag: CopyPartResult?.ETag,
        ChecksumCRC32: CopyPartResult?.ChecksumCRC32,
      })
    }
    await upload.complete(parts)
    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'assembled' }))
    expect(head.ContentLength).toBe(10 * MiB + whole.length)
    expect((await fault(copy(1, 'bytes=0-99999999'))).name).toBe('NoSuchUpload')
    const other = await start('other')
    const outside = new UploadPartCopyCommand({
      ...other.at,
      PartNumber: 1,
      CopySource: `${Bucket}/source`,
      CopySourceRange: 'bytes=0-99999999',
    })
    expect((await fault(test.client.send(outside))).name).toBe('InvalidArgument')
    await other.abort()
  })

  it('lists its parts and itself in pages', async () => {
    const uploads = [await start('list/a'), await start('list/a'), await start('list/b')]
    const [first = uploads[0]] = uploads
    for (let i = 1; i <= 5; i++) await first?.part(i, Buffer.from(`part ${i}`))
    const page = await first?.list({ MaxParts: 2, PartNumberMarker: '1' })
    expect(page?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [2, 6],
      [3, 6],
    ])
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '3' })
    const seen: string[] = []
    let KeyMarker: string | undefined
    let UploadIdMarker: string | undefined
    do {
      const listed = await test.client.send(
        new ListMultipartUploadsCommand({
          Bucket,
          Prefix: 'list/',
          MaxUploads: 1,
          KeyMarker,
          UploadIdMarker,
        }),
      )
      for (const upload of listed.Uploads ?? []) seen.push(upload.UploadId ?? '')
      KeyMarker = listed.NextKeyMarker
      UploadIdMarker = listed.NextUploadIdMarker
    } while (KeyMarker)
    expect(seen.toSorted()).toEqual(uploads.map(({ at }) => at.UploadId ?? '').toSorted())
    for (const upload of uploads) await upload.abort()
  })

  it('keeps the last of two parts with one number', async () => {
    const upload = await start('again')
    const first = await upload.part(1, Buffer.from('first'))
    const second = await upload.part(1, Buffer.from('second'))
    expect((await fault(upload.complete([first]))).name).toBe('InvalidPart')
    await upload.complete([second])
    const { ContentLength } = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'again' }))
    expect(ContentLength).toBe(6)
  })

  it('is refused when its parts are missing, out of order, too small or changed', async () => {
    const upload = await start('bad')
    const parts = [await upload.part(1, Buffer.from('a')), await upload.part(2, Buffer.from('b'))]
    const [one, two] = parts
    if (!one || !two) throw new Error('two parts were uploaded')
    expect((await fault(upload.complete(parts))).name).toBe('EntityTooSmall')
    expect((await fault(upload.complete([two, one]))).name).toBe('InvalidPartOrder')
    expect(
      (await fault(upload.complete([{ ...one, ETag: '"00000000000000000000000000000000"' }]))).name,
    ).toBe('InvalidPart')
    expect((await fault(upload.complete([{ ...one, PartNumber: 7 }]))).name).toBe('InvalidPart')
    expect((await fault(upload.complete([one], { MpuObjectSize: 77 }))).name).toBe('InvalidRequest')
    expect((await fault(upload.part(10_001, Buffer.from('x')))).name).toBe('InvalidArgument')
    await upload.complete([one])
  })

  it('must name each checksum again when they are composite', async () => {
    const upload = await start('composite', { ChecksumAlgorithm: 'SHA256' })
    const part = await upload.part(1, Buffer.from('a'))
    expect((await fault(upload.complete([{ PartNumber: 1, ETag: part.ETag }]))).name).toBe('InvalidRequest')
    await upload.complete([part])
  })

  it('answers a second completion as the first, and an unknown upload with NoSuchUpload', async () => {
    const { upload, parts, completed } = await uploadAll('twice')
    expect((await upload.complete(parts)).ETag).toBe(completed.ETag)
    const other = await start('never')
    await other.abort()
    const asks = [
      () => other.part(1, Buffer.from('x')),
      () => other.list(),
      () => other.abort(),
      () => other.complete(parts),
    ]
    for (const ask of asks) expect(await fault(ask())).toEqual({ name: 'NoSuchUpload', status: 404 })
  })

  it('is read to its end though it is deleted meanwhile', async () => {
    const upload = await start('long')
    const bodies = [Buffer.alloc(16 * MiB, '1'), Buffer.alloc(16 * MiB, '2')]
    const parts = [await upload.part(1, bodies[0] ?? whole), await upload.part(2, bodies[1] ?? whole)]
    await upload.complete(parts)
    const { Body } = await test.client.send(new GetObjectCommand({ Bucket, Key: 'long' }))
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'long' }))
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
    expect(Buffer.concat(bodies).equals(bytes)).toBe(true)
  })

  it('leaves no bytes behind when it is aborted or its parts are not used', async () => {
    const alone = await startS3()
    await alone.s3.createBucket({ name: Bucket })
    const count = async () => (await readdir(join(alone.dir, 'blobs'))).length
    const { UploadId } = await alone.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'x' }))
    const at = { Bucket, Key: 'x', UploadId }
    const etags: (string | undefined)[] = []
    for (let PartNumber = 1; PartNumber <= 3; PartNumber++)
      etags.push((await alone.client.send(new UploadPartCommand({ ...at, PartNumber, Body: 'x' }))).ETag)
    expect(await count()).toBe(3)
    const Parts = [{ PartNumber: 2, ETag: etags[1] }]
    await alone.client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } }))
    const left = await new Promise<number>((resolve) => {
      setTimeout(() => void count().then(resolve), 200)
    })
    expect(left).toBe(1)
    await alone.stop()
  })
})
