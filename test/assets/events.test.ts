/** What rooms are told of assets: from the rows as indexing, rights and operators write them, over the stream of the table. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Publication } from '../../lib/assets/asset.ts'
import { assetChanges } from '../../lib/assets/changes/store.ts'
import {
  assetDeleted,
  assetEvents,
  assetFailed,
  assetReady,
  assetRowChange,
  channelRowChange,
  eventsOfAsset,
} from '../../lib/assets/index.ts'
import { assetRows } from '../../lib/assets/indexing/store.ts'
import { publishedRows } from '../../lib/assets/published/store.ts'
import { consumeStream } from '../../lib/platform/batch.ts'
import type { RoomEvent } from '../../lib/platform/events/event-type.ts'
import { readEvent } from '../../lib/platform/events/event-type.ts'
import { logOf } from '../../lib/platform/log.ts'
import { eventsOfChannelProtection, eventsOfProtection, protectionChanged } from '../../lib/rights/index.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { allow, clientOf, scratch, serve } from '../local/serve.ts'
import { indexTable } from '../packaging/reading/tables.ts'
import { onBus } from '../platform/room-event.ts'

const close: (() => Promise<void>)[] = []
let client: DynamoDBDocumentClient
let stream: (operation: string, input: object) => Promise<Record<string, unknown>>
let streamArn: string | undefined

beforeAll(async () => {
  const directory = await scratch()
  const dynamoDb = await createDynamoDb({ path: directory.path, authorize: allow, sweepEveryMs: false })
  const made = await dynamoDb.createTable('index', indexTable)
  streamArn = made.streamArn
  const served = await serve(dynamoDb)
  const sdk = new DynamoDBClient(clientOf(served.endpoint))
  client = DynamoDBDocumentClient.from(sdk, { marshallOptions: { removeUndefinedValues: true } })
  stream = async (operation, input) => {
    const headers = { 'x-amz-target': `DynamoDBStreams_20120810.${operation}` }
    const body = JSON.stringify(input)
    return (await (await fetch(served.endpoint, { method: 'POST', headers, body })).json()) as never
  }
  close.push(
    async () => sdk.destroy(),
    () => served.close(),
    () => dynamoDb.close(),
    () => directory.remove(),
  )
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', served.endpoint)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

/** Every record of one content's items, as the stream has them. */
async function recordsOf(contentId: string): Promise<readonly DynamoDBRecord[]> {
  const { StreamDescription } = await stream('DescribeStream', { StreamArn: streamArn })
  const [shard] = (StreamDescription as { readonly Shards: readonly { readonly ShardId: string }[] }).Shards
  const place = { StreamArn: streamArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  const found: DynamoDBRecord[] = []
  let { ShardIterator } = await stream('GetShardIterator', place)
  for (;;) {
    const { Records, NextShardIterator } = await stream('GetRecords', { ShardIterator })
    const read = Records as readonly DynamoDBRecord[]
    if (read.length === 0) break
    found.push(...read)
    ShardIterator = NextShardIterator
  }
  return found.filter(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S === contentId)
}

const saidOf = (record: DynamoDBRecord): readonly RoomEvent[] => {
  const channel = channelRowChange(record)
  if (channel) return eventsOfChannelProtection(channel)
  const change = assetRowChange(record)
  return change ? [...eventsOfAsset(change), ...eventsOfProtection(change)] : []
}

/** An asset's events, each as a subscriber reads it, without what every event has. */
async function eventsFor(assetId: string, contentId = `vod/${assetId}`): Promise<readonly object[]> {
  const read = (await recordsOf(contentId))
    .flatMap(saidOf)
    .map((event) => readEvent([...assetEvents, protectionChanged], onBus(event)))
  const sequences = read.map(({ sequence }) => sequence)
  expect(sequences).toEqual(sequences.toSorted())
  return read.map(({ version: _v, id: _i, at: _a, sequence: _s, ...facts }) => facts)
}

let serial = 0
const fresh = () => `film-${serial++}`
let clock = Date.parse('2026-12-01T00:00:00Z')
const table = () => ({ client, table: 'index', now: () => clock++ })
const rows = () => assetRows(table())
const upload = (assetId: string, sequencer: string) => ({
  key: `vod/${assetId}.mp4`,
  source: { sequencer, eventTime: '', bytes: 1, etag: '' },
})
const publication = (version: string, more: Partial<Publication> = {}): Publication => ({
  version,
  durationSeconds: 1,
  commonSeconds: 1,
  tracks: [],
  skipped: [],
  warnings: [],
  ...more,
})

describe('a channel', () => {
  it('tells of each state of its protection once, and of nothing else', async () => {
    const published = publishedRows(table())
    const put = (name?: string) => published.showChannel('live/news', 3600, name)
    await put()
    await put('a'.repeat(16))
    await put('a'.repeat(16))
    await published.nameProtection('live/news', 'b'.repeat(16))
    await put()
    const about = { name: 'ProtectionChanged', contentId: 'live/news' }
    expect(await eventsFor('', 'live/news')).toEqual([
      { ...about, isProtected: true, protection: 'a'.repeat(16) },
      { ...about, isProtected: true, protection: 'b'.repeat(16) },
      { ...about, isProtected: false },
    ])
    expect(await published.onShow('live/news')).toEqual({ windowSeconds: 3600 })
  })
})

describe('an asset', () => {
  it('that is indexed tells once that a version plays, whatever is written of it twice and beside it', async () => {
    const id = fresh()
    await rows().remember(id, upload(id, '1'))
    await rows().advance(id, { revision: 1, share: 0 })
    await rows().advance(id, { revision: 1, share: 0.5 })
    for (let twice = 0; twice < 2; twice++) await rows().publish(id, 1, publication('v1'))
    await assetChanges(table()).rename(id, 'A title')
    expect(await eventsFor(id)).toEqual([{ name: 'AssetReady', assetId: id, revision: 1, timeline: 'v1' }])
  })

  it('that is uploaded anew tells of the version that plays then, and of none while it is indexed', async () => {
    const id = fresh()
    await rows().remember(id, upload(id, '1'))
    await rows().publish(id, 1, publication('v1'))
    await rows().remember(id, upload(id, '2'))
    await rows().advance(id, { revision: 2, share: 0 })
    await rows().publish(id, 2, publication('v2'))
    expect(await eventsFor(id)).toMatchObject([{ timeline: 'v1' }, { timeline: 'v2', revision: 2 }])
  })

  it('that fails says why, once a revision and reason', async () => {
    const id = fresh()
    await rows().remember(id, upload(id, '1'))
    const fail = (code: string) => rows().fail(id, 1, { code, message: 'cannot be read' })
    for (const code of ['MP4_TRUNCATED', 'MP4_TRUNCATED', 'MP4_BOX']) await fail(code)
    await rows().advance(id, { revision: 1, share: 0 })
    await fail('MP4_BOX')
    expect(await eventsFor(id)).toEqual([
      { name: 'AssetFailed', assetId: id, revision: 1, code: 'MP4_TRUNCATED' },
      { name: 'AssetFailed', assetId: id, revision: 1, code: 'MP4_BOX' },
      { name: 'AssetFailed', assetId: id, revision: 1, code: 'MP4_BOX' },
    ])
  })

  it('that is deleted tells so when its row goes, and of no change of its protection', async () => {
    const id = fresh()
    const changes = assetChanges(table())
    await rows().remember(id, upload(id, '1'))
    await rows().publish(id, 1, publication('v1', { protection: 'p1' }))
    const begun = await changes.beginDeletion(id)
    expect(await eventsFor(id)).toHaveLength(2)
    await changes.endDeletion(id, begun?.revision ?? 0)
    await rows().remember(id, upload(id, '2'))
    expect(await eventsFor(id)).toEqual([
      { name: 'AssetReady', assetId: id, revision: 1, timeline: 'v1' },
      { name: 'ProtectionChanged', contentId: `vod/${id}`, isProtected: true, protection: 'p1' },
      { name: 'AssetDeleted', assetId: id, revision: 2 },
    ])
  })

  it('tells of each state of its protection, the one it had before, too, by another id', async () => {
    const id = fresh()
    const published = publishedRows(table())
    await rows().remember(id, upload(id, '1'))
    await rows().publish(id, 1, publication('v1'))
    for (const name of ['p1', 'p1', 'p2', undefined, 'p1']) await published.nameProtection(`vod/${id}`, name)
    expect((await eventsFor(id)).slice(1)).toMatchObject([
      { isProtected: true, protection: 'p1' },
      { isProtected: true, protection: 'p2' },
      { isProtected: false },
      { isProtected: true, protection: 'p1' },
    ])
    const ids = (await recordsOf(`vod/${id}`)).flatMap(saidOf).map(({ detail }) => detail.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has the same events, ids included, each time its records are read', async () => {
    const id = fresh()
    await rows().remember(id, upload(id, '1'))
    await rows().publish(id, 1, publication('v1'))
    const once = (await recordsOf(`vod/${id}`)).flatMap(saidOf)
    expect((await recordsOf(`vod/${id}`)).flatMap(saidOf)).toEqual(once)
  })
})

describe('a record', () => {
  const whole: DynamoDBRecord = {
    eventID: 'e1',
    dynamodb: {
      ApproximateCreationDateTime: 1_790_000_000,
      Keys: { pk: { S: 'vod/film' }, sk: { S: 'asset' } },
      SequenceNumber: '123',
      NewImage: { state: { S: 'ready' }, revision: { N: '3' }, version: { S: 'v' } },
    },
  }
  const withImage = (image: object): DynamoDBRecord => ({
    ...whole,
    dynamodb: { ...whole.dynamodb, NewImage: { ...whole.dynamodb?.NewImage, ...image } },
  })
  const withKeys = (pk: string, sk: string): DynamoDBRecord => ({
    ...whole,
    dynamodb: {
      ...whole.dynamodb,
      Keys: { pk: { S: pk }, sk: { S: sk } },
      NewImage: { any: { S: 'thing' } },
    },
  })

  it('of a row of another kind tells of nothing', () => {
    for (const [pk, sk] of [
      ['presentations/evening', 'asset'],
      ['vod/film', 'progress'],
      ['vod/film', 'deleted'],
      ['something', 'else'],
    ] as const)
      expect(assetRowChange(withKeys(pk, sk))).toBeUndefined()
  })

  it('of an asset is read whatever else the row holds, sets and large numbers, too', () => {
    const change = assetRowChange(withImage({ more: { SS: ['a'] }, size: { N: '9007199254740993' } }))
    expect(change).toMatchObject({ assetId: 'film', after: { state: 'ready', revision: 3, version: 'v' } })
    expect(change?.sequence).toBe('123'.padStart(40, '0'))
  })

  it.each<[string, DynamoDBRecord]>([
    ['without images', { ...whole, dynamodb: { ...whole.dynamodb, NewImage: undefined } }],
    ['without keys', { ...whole, dynamodb: { ...whole.dynamodb, Keys: {} } }],
    ['without an id', { dynamodb: whole.dynamodb }],
    ['without a number', { ...whole, dynamodb: { ...whole.dynamodb, SequenceNumber: '' } }],
    ['with no state', withImage({ state: { NULL: true } })],
    ['with a state of a later version', withImage({ state: { S: 'archived' } })],
    ['with a revision that is none', withImage({ revision: { S: '3' } })],
    ['with a version that is no text', withImage({ version: { N: '1' } })],
    ['with a protection that is no text', withImage({ protection: { M: {} } })],
    ['with a code that is no text', withImage({ error: { M: { code: { N: '1' } } } })],
  ])('of an asset %s is a failure with a code', (_, record) => {
    expect(() => assetRowChange(record)).toThrow(expect.objectContaining({ code: 'EVENT_ROW', status: 500 }))
  })
})

describe('a subscriber', () => {
  /** Keeps of each asset what plays, as the events page says: by sequence, each id once. */
  function listener() {
    const known = new Set<string>()
    const state = new Map<string, { readonly sequence: string; readonly plays: string | undefined }>()
    const effects: string[] = []
    const given: string[] = []
    return {
      state,
      effects,
      given,
      hear(body: string) {
        try {
          const event = readEvent([assetReady, assetFailed, assetDeleted], body)
          if (known.has(event.id)) return
          known.add(event.id)
          if ((state.get(event.assetId)?.sequence ?? '') >= event.sequence || event.name === 'AssetFailed')
            return
          const plays = event.name === 'AssetReady' ? event.timeline : undefined
          state.set(event.assetId, { sequence: event.sequence, plays })
          effects.push(event.id)
        } catch {
          given.push(body)
        }
      },
    }
  }

  it('comes to the same end, each event once, when all comes three times, shuffled and with poison between', async () => {
    const ids = [fresh(), fresh(), fresh()]
    const changes = assetChanges(table())
    for (const [i, id] of ids.entries()) {
      for (let version = 1; version <= i + 2; version++) {
        await rows().remember(id, upload(id, String(version)))
        await rows().publish(id, version, publication(`v${version}`))
      }
    }
    const last = ids[2] ?? ''
    await changes.endDeletion(last, (await changes.beginDeletion(last))?.revision ?? 0)
    const records = (await Promise.all(ids.map((one) => recordsOf(`vod/${one}`)))).flat()
    const poison = { ...records[0], dynamodb: { Keys: {}, SequenceNumber: '0' } } as DynamoDBRecord
    const expected = [`v2`, `v3`, undefined]

    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (chance) => {
        const shuffled = <Value>(values: readonly Value[]): readonly Value[] =>
          values
            .map((value) => [chance.next().value, value] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, value]) => value)
        const bodies: string[] = []
        // A stream keeps the order of an item; what is given up and what fails comes again with all behind it.
        for (let left: readonly DynamoDBRecord[] = records, turn = 0; left.length > 0; turn++) {
          const batch = turn % 3 === 1 ? [poison, ...left] : left
          const answer = await consumeStream(
            { Records: [...batch] },
            {
              log: logOf({}, () => undefined),
              failure: 'failed',
              read: saidOf,
              done: async (events) => {
                bodies.push(...events.map(onBus))
                const bad =
                  events.length > 0 && turn < 6 ? events[chance.next().value % events.length] : undefined
                return new Map(bad ? [[bad, new Error('not now')]] : [])
              },
            },
          ).catch(() => ({
            batchItemFailures: [{ itemIdentifier: left[0]?.dynamodb?.SequenceNumber ?? '' }],
          }))
          const [failed] = answer.batchItemFailures
          const at = left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failed?.itemIdentifier)
          left = at < 0 ? [] : left.slice(at)
        }
        const heard = listener()
        const { state, effects, given } = heard
        const bad = onBus({ source: 'headend.assets', name: 'AssetReady', detail: { version: 9 } as never })
        for (const body of shuffled([...bodies, ...bodies, ...bodies, bad])) heard.hear(body)
        expect(ids.map((id) => state.get(id)?.plays)).toEqual(expected)
        expect(new Set(effects).size).toBe(effects.length)
        expect(given).toEqual([bad])
      }),
      { numRuns: 30 },
    )
  })
})

it('a row that somebody put by hand and took away again was not deleted', async () => {
  const id = fresh()
  await client.send(
    new PutCommand({
      TableName: 'index',
      Item: { pk: `vod/${id}`, sk: 'asset', state: 'ready', revision: 1 },
    }),
  )
  const [record] = await recordsOf(`vod/${id}`)
  const { NewImage, ...rest } = record?.dynamodb ?? {}
  expect(saidOf({ ...record, dynamodb: { ...rest, ...(NewImage && { OldImage: NewImage }) } })).toEqual([])
})
