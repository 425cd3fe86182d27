import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StreamRecord } from '../../../local/dynamodb/index.ts'
import { type Opened, openFilms, TableName } from './opened.ts'

const image = (v: string) => ({ pk: { S: 'a' }, sk: { S: '1' }, v: { N: v } })

describe('streams of the local DynamoDB', () => {
  let opened: Opened
  let nowMs: number
  let streamArn: string
  let shardId: string

  beforeEach(async () => {
    nowMs = Date.parse('2026-01-01')
    opened = await openFilms({ now: () => nowMs })
    const { Table } = await opened.wire.send(new DescribeTableCommand({ TableName }))
    streamArn = Table?.LatestStreamArn ?? ''
    const { StreamDescription } = await call('DescribeStream', { StreamArn: streamArn })
    shardId = StreamDescription.Shards[0].ShardId
  })
  afterEach(() => opened.close())

  // The SDK's client of the Streams API is no dependency; its protocol is one POST.
  async function call(operation: string, input: object) {
    const response = await fetch(opened.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDBStreams_20120810.${operation}` },
      body: JSON.stringify(input),
    })
    return JSON.parse(await response.text())
  }
  async function read(type: string, more: object = {}): Promise<readonly StreamRecord[]> {
    const { ShardIterator } = await call('GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: type,
      ...more,
    })
    return (await call('GetRecords', { ShardIterator })).Records
  }
  const put = (pk: string, v: number) =>
    opened.client.send(new PutCommand({ TableName, Item: { pk, sk: '1', v } }))

  it('shows an insert, a change and a removal with both images', async () => {
    await put('a', 1)
    await put('a', 2)
    await opened.client.send(new DeleteCommand({ TableName, Key: { pk: 'a', sk: '1' } }))
    const [inserted, modified, removed] = await read('TRIM_HORIZON')
    expect(inserted).toMatchObject({
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: nowMs / 1000,
        Keys: { pk: { S: 'a' }, sk: { S: '1' } },
        NewImage: image('1'),
        SizeBytes: 15,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })
    expect(inserted?.dynamodb.OldImage).toBeUndefined()
    expect(modified).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { OldImage: image('1'), NewImage: image('2') },
    })
    expect(removed).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: image('2') } })
    expect(new Set([inserted, modified, removed].map((record) => record?.eventID)).size).toBe(3)
  })

  it('says nothing of a write that changes nothing, and nothing of one that failed', async () => {
    await put('a', 1)
    await put('a', 1)
    await opened.client.send(new DeleteCommand({ TableName, Key: { pk: 'absent', sk: '1' } }))
    await opened.client
      .send(
        new UpdateCommand({
          TableName,
          Key: { pk: 'a', sk: '1' },
          UpdateExpression: 'SET v = :two',
          ConditionExpression: 'v = :two',
          ExpressionAttributeValues: { ':two': 2 },
        }),
      )
      .catch(() => undefined)
    expect(await read('TRIM_HORIZON')).toHaveLength(1)
  })

  it('has one record for each item of a transaction', async () => {
    await opened.client.send(
      new TransactWriteCommand({
        TransactItems: ['x', 'y'].map((pk) => ({ Put: { TableName, Item: { pk, sk: '1' } } })),
      }),
    )
    expect((await read('TRIM_HORIZON')).map(({ dynamodb }) => dynamodb.Keys['pk']?.S)).toEqual(['x', 'y'])
  })

  it('reads at, after and behind a sequence number', async () => {
    await put('a', 1)
    const latest = await call('GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'LATEST',
    })
    await put('b', 2)
    await put('c', 3)
    const [, second, third] = await read('TRIM_HORIZON')
    const { Records } = await call('GetRecords', latest)
    expect(Records).toEqual([second, third])
    const SequenceNumber = second?.dynamodb.SequenceNumber
    expect(await read('AT_SEQUENCE_NUMBER', { SequenceNumber })).toEqual([second, third])
    expect(await read('AFTER_SEQUENCE_NUMBER', { SequenceNumber })).toEqual([third])
  })

  it('goes on from the next iterator, and refuses one of a quarter of an hour ago', async () => {
    await put('a', 1)
    const { ShardIterator } = await call('GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    const first = await call('GetRecords', { ShardIterator, Limit: 1 })
    await put('b', 2)
    const second = await call('GetRecords', { ShardIterator: first.NextShardIterator })
    expect(second.Records.map((record: StreamRecord) => record.dynamodb.Keys['pk']?.S)).toEqual(['b'])
    nowMs += 15 * 60 * 1000 + 1
    expect(await call('GetRecords', { ShardIterator })).toMatchObject({
      __type: expect.stringContaining('ExpiredIteratorException'),
    })
  })

  it('keeps records for a day', async () => {
    await put('old', 1)
    nowMs += 23 * 60 * 60 * 1000
    await put('young', 1)
    nowMs += 2 * 60 * 60 * 1000
    await opened.dynamoDb.sweep()
    expect((await read('TRIM_HORIZON')).map(({ dynamodb }) => dynamodb.Keys['pk']?.S)).toEqual(['young'])
  })

  it('numbers upwards even when the clock goes back', async () => {
    await put('a', 1)
    nowMs -= 60_000
    await put('b', 1)
    expect((await read('TRIM_HORIZON')).map(({ dynamodb }) => dynamodb.Keys['pk']?.S)).toEqual(['a', 'b'])
  })

  it('is a source for event source mappings', async () => {
    const source = await opened.dynamoDb.stream(TableName)
    const [shard] = await source.shards()
    const from = { shardId: shard?.id ?? '', limit: 10 }
    const none = await source.read({ ...from, position: { kind: 'latest' } })
    expect(none.records).toEqual([])
    const woken = source.changed({ waitMs: 30_000, signal: new AbortController().signal })
    await put('a', 1)
    await woken
    const { records, next } = await source.read({ ...from, position: none.next })
    expect(records).toMatchObject([{ arrivedAtMs: nowMs, event: { eventName: 'INSERT' } }])
    expect(next).toEqual({ kind: 'after', sequenceNumber: records[0]?.sequenceNumber })
    const since = await source.read({ ...from, position: { kind: 'at-timestamp', timestampMs: nowMs } })
    expect(since.records).toEqual(records)
    expect((await source.read({ ...from, position: next })).records).toEqual([])
  })
})
