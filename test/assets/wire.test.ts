/** The API's stores over the wire: the real SDK against the local S3 and DynamoDB. */
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { assetKinds } from '../../lib/assets/index.ts'
import { assetList } from '../../lib/assets/list/store.ts'
import { uploadStore } from '../../lib/assets/uploads/store.ts'
import { tableClient } from '../../lib/platform/aws/clients.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { assetItem, memoryApi } from '../api/parts.ts'
import { removeDirs, startS3, type TestS3 } from '../local/s3/harness.ts'
import { allow, scratch, serve } from '../local/serve.ts'
import { indexTable } from '../packaging/reading/tables.ts'

const table = 'index'
let s3: TestS3
let call: ReturnType<typeof memoryApi>['call']
const close: (() => Promise<void>)[] = []

beforeAll(async () => {
  s3 = await startS3()
  await s3.s3.createBucket({ name: 'upload', versioned: true })
  await s3.s3.createBucket({ name: 'media' })
  const directory = await scratch()
  const dynamoDb = await createDynamoDb({ path: directory.path, authorize: allow, sweepEveryMs: false })
  await dynamoDb.createTable(table, indexTable)
  const served = await serve(dynamoDb)
  close.push(
    () => s3.stop(),
    () => served.close(),
    () => dynamoDb.close(),
    () => directory.remove(),
    removeDirs,
  )
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', served.endpoint)
  const client = tableClient()
  for (const [i, id] of ['one', 'two', 'three', 'four', 'five'].entries())
    await client.send(
      new PutCommand({
        TableName: table,
        Item: assetItem(id, { updatedAt: `2026-01-0${i + 1}T00:00:00.000Z` }),
      }),
    )
  call = memoryApi({
    assets: assetList({ table, mediaBucket: 'media' }),
    uploads: uploadStore('upload'),
  }).call
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

describe('assets in DynamoDB', () => {
  /** Every page of a list, its ids. */
  const listed = async (limit: number): Promise<string[][]> => {
    const pages: string[][] = []
    let next: string | undefined
    do {
      const { json } = await call(
        'GET',
        `/v1/assets?limit=${limit}${next === undefined ? '' : `&next=${next}`}`,
      )
      const page = json as { assets: { id: string }[]; next?: string }
      pages.push(page.assets.map(({ id }) => id))
      next = page.next
    } while (next !== undefined)
    return pages
  }
  const put = (Item: Record<string, unknown>) =>
    tableClient().send(new PutCommand({ TableName: table, Item }))

  it('are found by id and listed page by page, latest first', async () => {
    expect((await call('GET', '/v1/assets/two')).json).toMatchObject({ id: 'two', state: 'indexing' })
    expect((await call('GET', '/v1/assets/six')).status).toBe(404)
    expect(await listed(2)).toEqual([['five', 'four'], ['three', 'two'], ['one']])
  })

  it.each([1, 3, 7, 100])('of all partitions are one list, each once, by pages of %i', async (limit) => {
    const ids = Array.from({ length: 24 }, (_, i) => `spread-${String(i).padStart(2, '0')}`)
    for (const [i, id] of ids.entries()) {
      // Three of one time, in different partitions and the same one.
      const updatedAt = `2026-02-${String(28 - Math.floor(i / 3)).padStart(2, '0')}T00:00:00.000Z`
      await put(assetItem(id, { kind: assetKinds[(i * 5) % assetKinds.length], updatedAt, state: 'ready' }))
    }
    const pages = await listed(limit)
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    const all = pages.flat()
    expect(all.toSorted(textOrder)).toEqual(
      [...ids, 'five', 'four', 'one', 'three', 'two'].toSorted(textOrder),
    )
    const day = (id: string) => Math.floor(Number(id.slice(-2)) / 3)
    expect(all.slice(0, 24).map(day)).toEqual(ids.map(day))
  })

  it('say how far they are, by the row beside theirs, of their latest files alone', async () => {
    await put(assetItem('working', { revision: 3, progress: 0 }))
    const step = { pk: 'vod/working', sk: 'progress' }
    await put({ ...step, revision: 2, progress: 0.9 })
    expect((await call('GET', '/v1/assets/working')).json).toMatchObject({ progress: 0 })
    await put({ ...step, revision: 3, progress: 0.4 })
    expect((await call('GET', '/v1/assets/working')).json).toMatchObject({ progress: 0.4 })
    const { json } = await call('GET', '/v1/assets?limit=100')
    const { assets } = json as { assets: { id: string; progress: number }[] }
    expect(assets.find(({ id }) => id === 'working')).toMatchObject({ progress: 0.4 })
  })

  it('of a list are asked for in no more partitions than there are', async () => {
    expect((await call('GET', `/v1/assets?next=${pageOf('asset#8')}`)).status).toBe(400)
    expect((await call('GET', `/v1/assets?next=${pageOf('asset#7')}`)).status).toBe(200)
  })
})

/** A page of a list from before they were spread has the kind `asset`. */
const pageOf = (kind: string) =>
  Buffer.from(JSON.stringify({ pk: 'vod/one', sk: 'asset', kind, updatedAt: '2026-01-01' })).toString(
    'base64url',
  )
const textOrder = (a: string, b: string) => (a < b ? -1 : 1)

describe('an upload to S3', () => {
  const bytes = 8 * 2 ** 20 + 5
  const body = Buffer.alloc(bytes, 'film')
  interface Begun {
    readonly id: string
    readonly key: string
    readonly replaces: boolean
    readonly parts: readonly { readonly offset: number; readonly bytes: number; readonly url: string }[]
  }
  const begin = async (fileName: string): Promise<Begun> =>
    (await call('POST', '/v1/uploads', { fileName, bytes, contentType: 'video/mp4' })).json as Begun
  /** As the browser does it: no header but those every browser sends. */
  const put = async (part: Begun['parts'][number] | undefined) => {
    const { url = '', offset = 0, bytes: length = 0 } = part ?? {}
    return fetch(url, { method: 'PUT', body: body.subarray(offset, offset + length) })
  }

  it('arrives whole by presigned URLs, and says so as often as it is asked', async () => {
    const { id, key, parts } = await begin('My Film.mp4')
    // A checksum in the URL would be that of an empty body, and AWS would refuse the part.
    expect(parts[1]?.url).not.toMatch(/checksum/i)
    expect((await put(parts[1])).status).toBe(200)
    expect((await call('GET', `/v1/uploads/${id}`)).json).toMatchObject({
      partCount: 2,
      received: [{ number: 2, bytes: 5 }],
    })
    expect(await call('POST', `/v1/uploads/${id}/complete`)).toMatchObject({
      status: 409,
      json: { error: { code: 'UPLOAD_INCOMPLETE' } },
    })
    expect((await put(parts[0])).status).toBe(200)
    const first = await call('POST', `/v1/uploads/${id}/complete`)
    expect(first).toMatchObject({
      status: 200,
      json: { assetId: 'My-Film', key, bytes, versionId: expect.any(String) },
    })
    expect((await call('POST', `/v1/uploads/${id}/complete`)).json).toEqual(first.json)
    const object = await s3.client.send(new GetObjectCommand({ Bucket: 'upload', Key: key }))
    expect(object.ContentType).toBe('video/mp4')
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true)
    const { Versions } = await s3.client.send(
      new ListObjectVersionsCommand({ Bucket: 'upload', Prefix: key }),
    )
    expect(Versions).toHaveLength(1)
  })

  it('is not taken for another one of the same name', async () => {
    const given = await begin('My Film.mp4')
    await call('DELETE', `/v1/uploads/${given.id}`)
    expect(await call('POST', `/v1/uploads/${given.id}/complete`)).toMatchObject({
      status: 404,
      json: { error: { code: 'UPLOAD_NOT_FOUND' } },
    })
    expect((await put(given.parts[0])).status).toBe(404)
  })

  it('says when the asset is there', async () => {
    expect(await begin('two.mp4')).toMatchObject({ replaces: true })
    expect(await begin('eleven.mp4')).toMatchObject({ replaces: false })
  })
})
