import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { fault, openS3 } from './harness.ts'

const Bucket = 'uploads'
const test = await openS3([{ name: Bucket, versioned: true }])

const put = async (Key: string, Body: string) =>
  (await test.client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId
const read = async (Key: string, VersionId?: string) =>
  (await test.client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString()
const versions = (Prefix: string) => test.client.send(new ListObjectVersionsCommand({ Bucket, Prefix }))

describe('a versioned bucket', () => {
  it('keeps every version readable by its id', async () => {
    const one = await put('film', 'one')
    const two = await put('film', 'two')
    expect(one).toMatch(/^[A-Za-z0-9_.]{32}$/)
    expect(await read('film')).toBe('two')
    expect(await read('film', one)).toBe('one')
    expect(await read('film', two)).toBe('two')
    const missing = fault(read('film', 'a'.repeat(32)))
    expect(await missing).toEqual({ name: 'NoSuchVersion', status: 404 })
  })

  it('hides a key behind a delete marker, and shows it again when the marker goes', async () => {
    const one = await put('gone', 'one')
    const marker = await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }))
    expect(marker.DeleteMarker).toBe(true)
    expect((await fault(read('gone'))).name).toBe('NoSuchKey')
    expect(await fault(read('gone', marker.VersionId))).toMatchObject({
      name: 'MethodNotAllowed',
      status: 405,
    })
    const bare = await fetch(`${test.endpoint}/${Bucket}/gone`)
    expect([bare.status, bare.headers.get('x-amz-delete-marker')]).toEqual([404, 'true'])
    expect((await test.client.send(new ListObjectsV2Command({ Bucket, Prefix: 'gone' }))).KeyCount).toBe(0)
    expect(await read('gone', one)).toBe('one')
    const undone = await test.client.send(
      new DeleteObjectCommand({ Bucket, Key: 'gone', VersionId: marker.VersionId }),
    )
    expect(undone).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId })
    expect(await read('gone')).toBe('one')
  })

  it('lists versions newest first, and markers among them', async () => {
    const ids = [await put('list/a', '1'), await put('list/a', '2')]
    const marker = await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'list/a' }))
    const listed = await versions('list/')
    expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [ids[1], false],
      [ids[0], false],
    ])
    expect(listed.DeleteMarkers).toMatchObject([
      { Key: 'list/a', VersionId: marker.VersionId, IsLatest: true },
    ])
  })

  it('pages through versions within one key', async () => {
    const expected: string[] = []
    for (const key of ['page/a', 'page/b', 'page/c'])
      for (let i = 0; i < 4; i++) expected.push(`${key} ${await put(key, String(i))}`)
    const seen: string[] = []
    let KeyMarker: string | undefined
    let VersionIdMarker: string | undefined
    do {
      const page = await test.client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: 'page/', MaxKeys: 3, KeyMarker, VersionIdMarker }),
      )
      for (const { Key, VersionId } of page.Versions ?? []) seen.push(`${Key} ${VersionId}`)
      KeyMarker = page.NextKeyMarker
      VersionIdMarker = page.NextVersionIdMarker
    } while (KeyMarker)
    expect(seen.toSorted()).toEqual(expected.toSorted())
    expect(new Set(seen).size).toBe(12)
  })

  it('copies from a named version', async () => {
    const one = await put('copied', 'one')
    await put('copied', 'two')
    const copy = await test.client.send(
      new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/copied?versionId=${one}` }),
    )
    expect(copy.CopySourceVersionId).toBe(one)
    expect(await read('copied')).toBe('one')
    expect(await read('copied', copy.VersionId)).toBe('one')
  })

  it('deletes versions for good when they are named, one or many', async () => {
    const ids = [await put('purge', '1'), await put('purge', '2'), await put('purge', '3')]
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'purge', VersionId: ids[2] }))
    expect(await read('purge')).toBe('2')
    const { Deleted } = await test.client.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: {
          Objects: [
            { Key: 'purge', VersionId: ids[0] },
            { Key: 'purge', VersionId: ids[1] },
            { Key: 'other' },
          ],
        },
      }),
    )
    expect(Deleted?.[2]).toMatchObject({ Key: 'other', DeleteMarker: true })
    expect((await versions('purge')).Versions).toBeUndefined()
  })

  it('when suspended, overwrites the version without id and keeps the others', async () => {
    const name = 'suspended-bucket'
    const send = (Body: string) => test.client.send(new PutObjectCommand({ Bucket: name, Key: 'k', Body }))
    await test.s3.createBucket({ name })
    expect((await send('before')).VersionId).toBeUndefined()
    const setVersioning = (Status: 'Enabled' | 'Suspended') =>
      test.client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status } }))
    await setVersioning('Enabled')
    const kept = await send('kept')
    await setVersioning('Suspended')
    expect((await send('null again')).VersionId).toBe('null')
    await send('and again')
    const listed = await test.client.send(new ListObjectVersionsCommand({ Bucket: name }))
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', kept.VersionId])
    const head = await test.client.send(new HeadObjectCommand({ Bucket: name, Key: 'k', VersionId: 'null' }))
    expect(head.ContentLength).toBe('and again'.length)
  })
})
