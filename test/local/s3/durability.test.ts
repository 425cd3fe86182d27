import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createS3 } from '../../../local/s3/index.ts'
import { eventually, freshDir, removeDirs, startS3 } from './harness.ts'
import { formOf, signedFields } from './signed-form.ts'

const Bucket = 'uploads'
const MiB = 1024 * 1024
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(removeDirs)

async function startChild(dir: string, emit: 'hang' | 'take') {
  const child = fork(new URL('./child.ts', import.meta.url), [dir, emit])
  children.push(child)
  const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }]
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  return {
    client,
    endpoint,
    alive: () => !child.killed,
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
      client.destroy()
    },
    async maxRssBytes() {
      child.send('weigh')
      const [answer] = (await once(child, 'message')) as [{ maxRssBytes: number }]
      return answer.maxRssBytes
    },
  }
}

async function prepared(): Promise<string> {
  const dir = await freshDir()
  const s3 = await createS3({
    dir,
    authorize: () => {},
    identifySigner: () => ({ kind: 'person' }),
    emit: () => Promise.resolve(),
  })
  const notifications = [{ target: 'queue', arn: 'q', events: ['s3:ObjectCreated:*'] }] as const
  await s3.createBucket({ name: Bucket, versioned: true, notifications })
  await s3.close()
  return dir
}

describe('a process killed in the middle of work', () => {
  it('has lost nothing it acknowledged, kept nothing half, and owes every event', async () => {
    const dir = await prepared()
    const acknowledged = new Map<string, string>()
    for (let round = 0; round < 3; round++) {
      const child = await startChild(dir, 'hang')
      const writer = async (name: number) => {
        for (let i = 0; child.alive(); i++) {
          const Key = `vod/${round}-${name}-${i}.mp4`
          const Body = Buffer.alloc(20_000 + ((i * 7919) % 100_000), Key)
          try {
            await child.client.send(new PutObjectCommand({ Bucket, Key, Body }))
            acknowledged.set(Key, createHash('md5').update(Body).digest('hex'))
          } catch {
            return
          }
        }
      }
      const writers = Array.from({ length: 12 }, (_, name) => writer(name))
      await eventually(() => acknowledged.size >= (round + 1) * 60)
      await child.kill()
      await Promise.all(writers)
    }

    const test = await startS3({ dir })
    const found = new Map<string, string | undefined>()
    let ContinuationToken: string | undefined
    do {
      const page = await test.client.send(new ListObjectsV2Command({ Bucket, ContinuationToken }))
      for (const { Key = '', ETag } of page.Contents ?? []) found.set(Key, ETag?.replaceAll('"', ''))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    for (const [key, etag] of acknowledged) expect(found.get(key)).toBe(etag)
    for (const [Key, etag] of found) {
      const { Body } = await test.client.send(new GetObjectCommand({ Bucket, Key }))
      expect(
        createHash('md5')
          .update((await Body?.transformToByteArray()) ?? '')
          .digest('hex'),
      ).toBe(etag)
    }
    expect(await readdir(join(dir, 'blobs'))).toHaveLength(found.size)

    await eventually(() => test.events.length >= found.size)
    const told = new Set(test.events.map(({ record }) => record.s3.object.key))
    for (const key of acknowledged.keys()) expect(told.has(key)).toBe(true)
    await test.stop()
  })

  it('goes on with an upload in parts where it stood', async () => {
    const dir = await prepared()
    const at = { Bucket, Key: 'film' }
    const before = await startChild(dir, 'take')
    const { UploadId } = await before.client.send(new CreateMultipartUploadCommand(at))
    const first = await before.client.send(
      new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * MiB, '1') }),
    )
    const cut = before.client.send(
      new UploadPartCommand({ ...at, UploadId, PartNumber: 2, Body: Buffer.alloc(64 * MiB, '2') }),
    )
    // The second blob is being written: the body is on its way.
    await eventually(() => readdirSync(join(dir, 'blobs')).length === 2)
    const settled = Promise.allSettled([cut])
    await before.kill()
    await settled

    const after = await startChild(dir, 'take')
    const { Parts } = await after.client.send(new ListPartsCommand({ ...at, UploadId }))
    expect(Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1])
    const second = await after.client.send(
      new UploadPartCommand({ ...at, UploadId, PartNumber: 2, Body: 'end' }),
    )
    await after.client.send(
      new CompleteMultipartUploadCommand({
        ...at,
        UploadId,
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: first.ETag },
            { PartNumber: 2, ETag: second.ETag },
          ],
        },
      }),
    )
    await after.kill()

    const test = await startS3({ dir })
    const { Body } = await test.client.send(new GetObjectCommand({ ...at, Range: `bytes=${5 * MiB - 1}-` }))
    expect(await Body?.transformToString()).toBe('1end')
    expect((await test.client.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toHaveLength(1)
    await test.stop()
  })
})

it('streams 200 MB up and down in little memory', async () => {
  const dir = await prepared()
  const child = await startChild(dir, 'take')
  const pieces = 200
  const piece = (index: number) => Buffer.alloc(MiB, index)
  const sent = createHash('sha256')
  const source = Readable.from(
    (function* () {
      for (let i = 0; i < pieces; i++) {
        sent.update(piece(i))
        yield piece(i)
      }
    })(),
  )
  const before = await child.maxRssBytes()
  await child.client.send(
    new PutObjectCommand({ Bucket, Key: 'big', Body: source, ContentLength: pieces * MiB }),
  )
  const { Body } = await child.client.send(new GetObjectCommand({ Bucket, Key: 'big' }))
  const got = createHash('sha256')
  for await (const chunk of Body as Readable) got.update(chunk as Buffer)
  expect(got.digest('hex')).toBe(sent.digest('hex'))
  // The bytes themselves would be 200; what buffers and garbage take is far less.
  expect((await child.maxRssBytes()) - before).toBeLessThan(120 * MiB)
  await child.kill()
})

it('streams a form of 200 MB in little memory', async () => {
  const child = await startChild(await prepared(), 'take')
  const fields = signedFields({ fields: { key: 'big' }, conditions: [{ key: 'big' }] })
  const whole = Buffer.from(await new Response(formOf(fields, '')).arrayBuffer())
  const tail = `\r\n${whole.toString('latin1', 0, whole.indexOf('\r\n'))}--\r\n`
  const head = whole.subarray(0, whole.length - tail.length)
  const before = await child.maxRssBytes()
  const request = httpRequest(`${child.endpoint}/${Bucket}`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${tail.slice(4, -4)}`,
      'content-length': whole.length + 200 * MiB,
    },
  })
  const answered = once(request, 'response')
  await pipeline(
    (function* () {
      yield head
      for (let i = 0; i < 200; i++) yield Buffer.alloc(MiB, i)
      yield tail
    })(),
    request,
  )
  const [response] = (await answered) as [IncomingMessage]
  expect(response.statusCode).toBe(204)
  response.resume()
  expect(await child.client.send(new HeadObjectCommand({ Bucket, Key: 'big' }))).toMatchObject({
    ContentLength: 200 * MiB,
  })
  expect((await child.maxRssBytes()) - before).toBeLessThan(120 * MiB)
  await child.kill()
})
