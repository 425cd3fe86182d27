import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Checkpoints,
  createFilter,
  createStreamMapping,
  type Mapping,
  openCheckpoints,
  type Position,
  type StreamMappingOptions,
  type StreamRecord,
  type StreamSource,
} from '../../../local/event-sources/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { until } from '../lambda/workshop.ts'
import { fakeFunctions } from './fake-functions.ts'

let dir: string
let checkpoints: Checkpoints
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checkpoints-'))
  checkpoints = await openCheckpoints(dir)
})
afterAll(() => rm(dir, { recursive: true }))

/** A stream in memory with one shard. */
function memoryStream(): StreamSource & { put(...values: string[]): void } {
  const records: StreamRecord[] = []
  return {
    arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Index/stream/1',
    service: 'dynamodb',
    put: (...values) => {
      for (const value of values) {
        const sequenceNumber = String(1000 + records.length)
        const event = {
          eventID: sequenceNumber,
          dynamodb: { SequenceNumber: sequenceNumber, Keys: { pk: { S: value } } },
        }
        records.push({ sequenceNumber, arrivedAtMs: Date.now(), event, filtered: event })
      }
    },
    shards: async () => [{ id: 'shard-0' }],
    async read({ position, limit }) {
      const from = placeOf(position, records)
      const found = records.slice(from, from + limit)
      const last = found.at(-1) ?? records[from - 1]
      const next: Position =
        last === undefined ? { kind: 'trim-horizon' } : { kind: 'after', sequenceNumber: last.sequenceNumber }
      return { records: found, next, end: false }
    },
    changed: ({ signal }) => wait(5, undefined, { signal }),
  }
}

function placeOf(position: Position, records: readonly StreamRecord[]): number {
  switch (position.kind) {
    case 'trim-horizon':
      return 0
    case 'latest':
      return records.length
    case 'at-timestamp':
      return records.findIndex(({ arrivedAtMs }) => arrivedAtMs >= position.timestampMs)
    case 'after':
      return records.findIndex(({ sequenceNumber }) => sequenceNumber === position.sequenceNumber) + 1
  }
}

interface Event {
  readonly Records: {
    readonly dynamodb: {
      readonly SequenceNumber: string
      readonly Keys: { readonly pk: { readonly S: string } }
    }
  }[]
}

const keysOf = ({ Records }: Event): string[] => Records.map(({ dynamodb }) => dynamodb.Keys.pk.S)

let serial = 0
function start(
  source: StreamSource,
  handler: (event: Event) => unknown,
  more: Partial<StreamMappingOptions> = {},
): Mapping {
  const mapping = createStreamMapping({
    id: `mapping-${serial++}`,
    source,
    functionName: 'reader',
    role: 'ReaderRole',
    functions: fakeFunctions((payload) => handler(JSON.parse(payload))),
    checkpoints,
    startingPosition: { kind: 'trim-horizon' },
    retryWaitMs: 2,
    log: () => undefined,
    ...more,
  })
  mapping.start()
  return mapping
}

describe('a stream mapping', () => {
  it('hands records over in order and goes on after a restart where it was', async () => {
    const stream = memoryStream()
    const seen: string[] = []
    const record = (event: Event): void => void seen.push(...keysOf(event))
    stream.put('a', 'b', 'c')
    const first = start(stream, record, { id: 'durable', batchSize: 2 })
    await until(() => first.stats().processed === 3)
    await first.close()
    stream.put('d')
    const second = start(stream, record, { id: 'durable', checkpoints: await openCheckpoints(dir) })
    await until(() => second.stats().processed === 1)
    await second.close()
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
  })

  it('begins at the end of the stream when it starts at LATEST', async () => {
    const stream = memoryStream()
    stream.put('old')
    const seen: string[] = []
    const mapping = start(stream, (event) => void seen.push(...keysOf(event)), {
      id: 'latest',
      startingPosition: { kind: 'latest' },
    })
    await until(() => checkpoints.get('latest', 'shard-0') !== undefined)
    stream.put('new')
    await until(() => seen.length > 0)
    await mapping.close()
    expect(seen).toEqual(['new'])
  })

  it('retries from the first failed record', async () => {
    const stream = memoryStream()
    stream.put('a', 'b', 'c', 'd')
    const batches: string[][] = []
    const mapping = start(
      stream,
      (event) => {
        batches.push(keysOf(event))
        const failed = batches.length === 1 ? event.Records[2] : undefined
        return { batchItemFailures: failed ? [{ itemIdentifier: failed.dynamodb.SequenceNumber }] : [] }
      },
      { reportBatchItemFailures: true },
    )
    await until(() => mapping.stats().processed === 4)
    await mapping.close()
    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['c', 'd'],
    ])
  })

  it('splits a failing batch until the poison record is alone, gives it up and goes on', async () => {
    const stream = memoryStream()
    stream.put('a', 'b', 'poison', 'd', 'e')
    const batches: string[][] = []
    const sent: string[] = []
    const mapping = start(
      stream,
      (event) => {
        batches.push(keysOf(event))
        return keysOf(event).includes('poison') ? new Error('bad record') : null
      },
      {
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 1,
        onFailureArn: 'arn:aws:sqs:us-east-1:000000000000:failed',
        deliver: async (_arn, { body }) => void sent.push(body),
      },
    )
    await until(() => mapping.stats().processed === 4)
    await mapping.close()
    expect(batches).toEqual([
      ['a', 'b', 'poison', 'd', 'e'],
      ['a', 'b', 'poison'],
      ['a', 'b'],
      ['poison'],
      ['poison'],
      ['d', 'e'],
    ])
    expect(mapping.stats()).toMatchObject({ discarded: 1 })
    expect(JSON.parse(sent[0] ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      responseContext: { functionError: 'Unhandled' },
      DDBStreamBatchInfo: {
        shardId: 'shard-0',
        startSequenceNumber: '1002',
        endSequenceNumber: '1002',
        batchSize: 1,
      },
    })
  })

  it('does not split a batch that names its first record: it comes again whole, and is given up whole', async () => {
    const stream = memoryStream()
    stream.put('poison', 'a', 'b')
    const batches: string[][] = []
    const mapping = start(
      stream,
      (event) => {
        batches.push(keysOf(event))
        return { batchItemFailures: [{ itemIdentifier: event.Records[0]?.dynamodb.SequenceNumber }] }
      },
      { reportBatchItemFailures: true, bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 },
    )
    await until(() => mapping.stats().discarded > 0)
    await mapping.close()
    expect(batches).toEqual([
      ['poison', 'a', 'b'],
      ['poison', 'a', 'b'],
    ])
    expect(mapping.stats()).toMatchObject({ processed: 0, discarded: 3 })
  })

  it('gives up records that are too old', async () => {
    const stream = memoryStream()
    stream.put('a')
    await wait(1100)
    const mapping = start(stream, () => null, { maximumRecordAgeSeconds: 1 })
    await until(() => mapping.stats().discarded === 1)
    await mapping.close()
    expect(mapping.stats().batches).toBe(0)
  })

  it('hands over only what its filter lets through', async () => {
    const stream = memoryStream()
    stream.put('vod/a', 'live/b', 'vod/c')
    const seen: string[] = []
    const mapping = start(stream, (event) => void seen.push(...keysOf(event)), {
      filterPatterns: ['{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"vod/"}]}}}}'],
    })
    await until(() => seen.length === 2)
    await mapping.close()
    expect(seen).toEqual(['vod/a', 'vod/c'])
  })

  it('does not start without the grants of its role', () => {
    const mapping = start(memoryStream(), () => null, {
      authorize: () => {
        throw new AwsFault('AccessDenied', 'no', 403)
      },
    })
    expect(mapping.stats().state).toBe('stopped')
  })
})

describe('a filter', () => {
  it.each([
    { pattern: { a: ['x'] }, yes: { a: 'x' }, no: { a: 'y' } },
    { pattern: { a: [null] }, yes: { a: null }, no: { a: 'null' } },
    { pattern: { a: { b: [1, 2] } }, yes: { a: { b: 2 } }, no: { a: { b: 3 } } },
    { pattern: { a: [{ prefix: 'vod/' }] }, yes: { a: 'vod/film' }, no: { a: 'live/x' } },
    { pattern: { a: [{ suffix: '.mp4' }] }, yes: { a: 'f.mp4' }, no: { a: 'f.mov' } },
    { pattern: { a: [{ exists: false }] }, yes: {}, no: { a: 1 } },
    { pattern: { a: [{ exists: true }] }, yes: { a: 0 }, no: { b: 1 } },
    { pattern: { a: [{ numeric: ['>', 0, '<=', 5] }] }, yes: { a: 5 }, no: { a: 0 } },
    { pattern: { a: [{ 'anything-but': ['x', 'y'] }] }, yes: { a: 'z' }, no: { a: 'y' } },
    { pattern: { a: [{ 'anything-but': { prefix: 'x' } }] }, yes: { a: 'yx' }, no: { a: 'xy' } },
    { pattern: { a: [{ 'equals-ignore-case': 'ABC' }] }, yes: { a: 'abc' }, no: { a: 'abd' } },
    { pattern: { $or: [{ a: [1] }, { b: [2] }] }, yes: { b: 2 }, no: { a: 2 } },
    { pattern: { a: ['x'] }, yes: { a: ['w', 'x'] }, no: { a: [] } },
  ])('$pattern takes $yes and not $no', ({ pattern, yes, no }) => {
    const filter = createFilter([JSON.stringify(pattern)])
    expect([filter(yes), filter(no)]).toEqual([true, false])
  })
})
