/** The plug is pulled in the middle of uploads and of an ingest: nothing acknowledged is lost. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchHls } from '../judges/read-presentation.ts'
import { settled } from './assets.ts'
import { type Headend, startHeadend } from './headend.ts'
import { demoFilm } from './media.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'headend-kill-'))
const film = readFileSync(demoFilm)
let headend: Headend

beforeAll(async () => {
  headend = await startHeadend({ empty: true, dataDir })
})
afterAll(async () => {
  await headend?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const s3 = (): S3Client =>
  new S3Client({
    endpoint: headend.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
const bucket = (): string => headend.outputs['UploadBucket'] ?? ''

describe('kill -9', () => {
  it('in the middle of an ingest: the film gets ready after the restart', async () => {
    await s3().send(new PutObjectCommand({ Bucket: bucket(), Key: 'vod/film.mp4', Body: film }))
    await headend.kill()
    headend = await startHeadend({ empty: true, dataDir })
    expect(await settled(headend, 'film')).toMatchObject({ state: 'ready' })
    const { video } = await fetchHls(`${headend.outputs['PlaybackUrl']}/vod/film/index.m3u8`)
    expect(video.bytes.length).toBeGreaterThan(20_000_000)
  })

  it('in the middle of uploads: what was acknowledged is there, what was not is not', async () => {
    const client = s3()
    const acknowledged: string[] = []
    let sent = 0
    const uploads = Array.from({ length: 6 }, async () => {
      for (;;) {
        const key = `other/${sent++}`
        await client.send(
          new PutObjectCommand({ Bucket: bucket(), Key: key, Body: film.subarray(0, 300_000) }),
        )
        acknowledged.push(key)
      }
    })
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket(), Key: 'vod/half.mp4' }),
    )
    const part = { Bucket: bucket(), Key: 'vod/half.mp4', UploadId }
    await client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: film.subarray(0, 8_000_000) }))
    const second = client.send(
      new UploadPartCommand({ ...part, PartNumber: 2, Body: film.subarray(8_000_000) }),
    )
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(20)
    const ended = Promise.allSettled([...uploads, second])
    await headend.kill()
    await ended

    headend = await startHeadend({ empty: true, dataDir })
    const again = s3()
    for (const key of acknowledged)
      expect((await again.send(new HeadObjectCommand({ Bucket: bucket(), Key: key }))).ContentLength).toBe(
        300_000,
      )
    const { Contents = [] } = await again.send(new ListObjectsV2Command({ Bucket: bucket() }))
    expect(Contents.map(({ Key }) => Key)).not.toContain('vod/half.mp4')
    for (const { Key, Size } of Contents) if (Key?.startsWith('other/')) expect(Size).toBe(300_000)
  })

  it('and the film still plays, from the same version', async () => {
    const before = await settled(headend, 'film')
    await headend.kill()
    headend = await startHeadend({ empty: true, dataDir })
    expect((await settled(headend, 'film')).version).toBe(before.version)
    const { audio } = await fetchHls(`${headend.outputs['PlaybackUrl']}/vod/film/index.m3u8`)
    expect(audio.bytes.length).toBeGreaterThan(700_000)
  })
})
