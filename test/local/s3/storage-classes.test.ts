/** Storage classes: any S3 has is kept, others are refused, and nothing is read from an archive. */
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { openS3 } from './harness.ts'

const Bucket = 'films'
const storage = await openS3([{ name: Bucket }])

const put = (StorageClass: StorageClass) =>
  storage.client.send(new PutObjectCommand({ Bucket, Key: StorageClass, Body: 'film', StorageClass }))
const classOf = async (Key: string) =>
  (await storage.client.send(new HeadObjectCommand({ Bucket, Key }))).StorageClass
const get = (Key: string) => storage.client.send(new GetObjectCommand({ Bucket, Key }))
const copy = (Key: string) =>
  storage.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }))

describe('an object', () => {
  it.each(['STANDARD_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'] as const)('in %s is read', async (name) => {
    await put(name)
    expect(await classOf(name)).toBe(name)
    expect(await (await get(name)).Body?.transformToString()).toBe('film')
    await copy(name)
  })

  it.each(['GLACIER', 'DEEP_ARCHIVE'] as const)('in %s is there, and cannot be read', async (name) => {
    await put(name)
    expect(await classOf(name)).toBe(name)
    await expect(get(name)).rejects.toMatchObject({
      name: 'InvalidObjectState',
      StorageClass: name,
      $metadata: { httpStatusCode: 403 },
    })
    await expect(copy(name)).rejects.toMatchObject({ name: 'ObjectNotInActiveTierError' })
  })

  it('in a class that there is none of is refused', async () => {
    const cold = 'COLD' as StorageClass
    await expect(put(cold)).rejects.toMatchObject({
      name: 'InvalidStorageClass',
      $metadata: { httpStatusCode: 400 },
    })
  })
})
