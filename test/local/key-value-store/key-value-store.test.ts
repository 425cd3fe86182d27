import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
// The store takes SigV4A only; the SDK finds the signer once this is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import '@aws-sdk/signature-v4a'
import { createFaults, type Faults } from '../../../local/faults/index.ts'
import { createKeyValueStores, type KeyValueStores } from '../../../local/key-value-store/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { allow, clientOf, type Served, scratch, serve } from '../serve.ts'

describe('the local CloudFront KeyValueStore', () => {
  const KvsARN = 'arn:aws:cloudfront::000000000000:key-value-store/5b1a9f0e-0000-4000-8000-000000000001'
  let directory: Awaited<ReturnType<typeof scratch>>
  let path: string
  let stores: KeyValueStores
  let served: Served
  let client: CloudFrontKeyValueStoreClient
  let faults: Faults
  const clock = { nowMs: Date.UTC(2026, 0, 31) }
  let authorize: (action: string, resource: string) => void = allow

  beforeEach(async () => {
    authorize = allow
    directory = await scratch()
    path = join(directory.path, 'kvs.jsonl')
    await open()
    await stores.createStore('sessions', KvsARN)
  })
  afterEach(async () => {
    await close()
    await directory.remove()
  })

  async function open() {
    faults = createFaults()
    stores = await createKeyValueStores({
      path,
      faults,
      now: () => clock.nowMs,
      authorize: (_caller, action, resource) => authorize(action, resource),
    })
    served = await serve(stores)
    client = keyValueStoreClient(served.endpoint)
  }
  async function close() {
    client.destroy()
    vi.unstubAllEnvs()
    await served.close()
    await stores.close()
  }
  const describeStore = () => client.send(new DescribeKeyValueStoreCommand({ KvsARN }))
  const put = async (Key: string, Value: string, ifMatch?: string) =>
    client.send(new PutKeyCommand({ KvsARN, Key, Value, IfMatch: ifMatch ?? (await describeStore()).ETag }))

  const update = (IfMatch: string, more: object) =>
    client.send(new UpdateKeysCommand({ KvsARN, IfMatch, ...more }))

  it('puts, gets, lists and deletes keys, each write with a new ETag', async () => {
    const before = await describeStore()
    expect(before).toMatchObject({ KvsARN, ItemCount: 0, TotalSizeInBytes: 0, Status: 'READY' })
    expect(before.Created?.getTime()).toBeGreaterThan(Date.parse('2020-01-01'))
    const written = await put('k.a/b c', 'välue')
    expect(written).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 13 })
    expect(written.ETag).not.toBe(before.ETag)
    expect(await client.send(new GetKeyCommand({ KvsARN, Key: 'k.a/b c' }))).toMatchObject({ Value: 'välue' })
    await put('a', '1')
    await put('b', '2')
    const first = await client.send(new ListKeysCommand({ KvsARN, MaxResults: 2 }))
    expect(first.Items?.map(({ Key }) => Key)).toEqual(['a', 'b'])
    const second = await client.send(new ListKeysCommand({ KvsARN, NextToken: first.NextToken }))
    expect(second.Items).toEqual([{ Key: 'k.a/b c', Value: 'välue' }])
    const { ETag } = await describeStore()
    await client.send(new DeleteKeyCommand({ KvsARN, Key: 'a', IfMatch: ETag }))
    await expect(client.send(new GetKeyCommand({ KvsARN, Key: 'a' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('lets one of two writers with the same ETag win', async () => {
    const { ETag } = await describeStore()
    const race = await Promise.allSettled([put('a', '1', ETag), put('b', '2', ETag)])
    expect(race.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(race.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'ConflictException', $metadata: { httpStatusCode: 409 } },
    })
  })

  it('updates many keys at once or none', async () => {
    await put('old', '1')
    const { ETag = '' } = await describeStore()
    const Puts = [
      { Key: 'x', Value: '1' },
      { Key: 'y', Value: '2' },
    ]
    await expect(update(ETag, { Puts, Deletes: [{ Key: 'none' }] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    expect((await describeStore()).ItemCount).toBe(1)
    expect(await update(ETag, { Puts, Deletes: [{ Key: 'old' }] })).toMatchObject({ ItemCount: 2 })
  })

  it('holds what AWS holds', async () => {
    await expect(put('k'.repeat(513), '')).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(put('k', 'v'.repeat(1025))).rejects.toMatchObject({ name: 'ValidationException' })
    let { ETag = '' } = await describeStore()
    const write = async (Puts: ReturnType<typeof fifty>) => {
      const answer = await client.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, Puts }))
      ETag = answer.ETag ?? ''
    }
    await expect(write(fifty(0, 51))).rejects.toMatchObject({ name: 'ValidationException' })
    // 3413 entries of 1536 bytes are just under 5 MiB.
    for (let from = 0; from < 3400; from += 50) await write(fifty(from))
    await write(fifty(3400, 13))
    await expect(write(fifty(3413, 1))).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    })
    await write(fifty(3412, 1))
  })

  it('shows functions each write at once', async () => {
    const values = stores.values('sessions')
    expect([values.get('k.1'), values.count()]).toEqual([undefined, 0])
    await put('k.1', 'secret')
    expect([values.get('k.1'), values.count()]).toEqual(['secret', 1])
    expect(stores.values(KvsARN).get('k.1')).toBe('secret')
  })

  it('shows functions a write when it arrived, where a test says so', async () => {
    await put('k', '1')
    clock.nowMs += 10_000
    await put('k', '2')
    await put('new', '1')
    faults.add({ service: 'cloudfront-keyvaluestore', operation: 'edge', kind: 'stale', delayMs: 3000 })
    const values = stores.values('sessions')
    clock.nowMs += 2999
    expect([values.get('k'), values.get('new')]).toEqual(['1', undefined])
    clock.nowMs += 1
    expect([values.get('k'), values.get('new')]).toEqual(['2', '1'])
  })

  it('tells functions of a failure in another way than of a missing key', async () => {
    await put('k', '1')
    faults.add({
      service: 'cloudfront-keyvaluestore',
      operation: 'edge',
      key: 'k',
      kind: 'internal',
      times: 1,
    })
    const values = stores.values('sessions')
    expect(values.get('none')).toBeUndefined()
    expect(() => values.get('k')).toThrow('Internal error')
    expect(values.get('k')).toBe('1')
  })

  it.each([
    ['internal', 'InternalServerException', 500],
    ['throttle', 'ThrottlingException', 429],
    ['denied', 'AccessDeniedException', 403],
  ] as const)('answers its API with %s when a test asks for it', async (kind, name, httpStatusCode) => {
    faults.add({
      service: 'cloudfront-keyvaluestore',
      operation: 'PutKey',
      resource: 'sessions',
      key: 'k',
      kind,
    })
    await expect(put('k', '1')).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
    await put('other', '1')
    expect((await describeStore()).ItemCount).toBe(1)
  })

  it('keeps entries and ETag over a restart, in a file of its owner', async () => {
    const { ETag } = await put('a', '1')
    await put('b', '2', ETag)
    const before = await describeStore()
    await close()
    await open()
    await stores.createStore('sessions', KvsARN)
    expect(await describeStore()).toMatchObject({
      ETag: before.ETag,
      ItemCount: 2,
      LastModified: before.LastModified,
    })
    await close()
    // Compacted at the start: a store and one update.
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(2)
    await open()
    expect(stores.values('sessions').get('b')).toBe('2')
  })

  it('asks for the permission on the store', async () => {
    authorize = (action, resource) => {
      throw new AwsFault('AccessDenied', `${action} ${resource}`, 403)
    }
    await expect(client.send(new GetKeyCommand({ KvsARN, Key: 'a' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `cloudfront-keyvaluestore:GetKey ${KvsARN}`,
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('begins with what it imports, once: what came after is never taken back', async () => {
    const arn = KvsARN.replace(/1$/, '2')
    await stores.createStore('seeded', arn, seed)
    const { ItemCount, ETag } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }))
    expect(ItemCount).toBe(1)
    await client.send(new PutKeyCommand({ KvsARN: arn, Key: 'm', Value: 'ready', IfMatch: ETag }))
    await close()
    await open()
    await stores.createStore('seeded', arn, seed)
    expect(stores.values(arn).get('m')).toBe('ready')
  })

  it('that was there before it had anything to import is left as it is', async () => {
    await stores.createStore('sessions', KvsARN, seed)
    expect(stores.values(KvsARN).get('m')).toBeUndefined()
  })
})

/** An import source as it lies in S3. */
const seed = JSON.stringify({ data: [{ key: 'm', value: 'pending' }] })

/** Entries of 1.5 KB, the largest there are. */
function fifty(from: number, length = 50) {
  return Array.from({ length }, (_, n) => ({
    Key: String(from + n).padStart(512, 'k'),
    Value: 'v'.repeat(1024),
  }))
}

/** The client puts the account before the endpoint's host, which an address cannot bear: here it is taken as it is. */
function keyValueStoreClient(endpoint: string): CloudFrontKeyValueStoreClient {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
  const { endpoint: _environment, ...configuration } = clientOf(endpoint)
  const client = new CloudFrontKeyValueStoreClient(configuration)
  const { endpointProvider } = client.config
  client.config.endpointProvider = ({ Endpoint: _given, ...parameters }, context) => ({
    ...endpointProvider(parameters, context),
    url: new URL(endpoint),
  })
  return client
}
