import { BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Opened, openFilms, TableName } from './opened.ts'

const putRequest = (n: number) => ({ PutRequest: { Item: { pk: { S: 'batch' }, sk: { S: String(n) } } } })

describe('items of the local DynamoDB', () => {
  let opened: Opened
  let wire: Opened['wire']
  let client: Opened['client']

  beforeAll(async () => {
    opened = await openFilms()
    ;({ wire, client } = opened)
  })
  afterAll(() => opened.close())

  const putBig = (x: string) => client.send(new PutCommand({ TableName, Item: { pk: 'big', sk: '1', x } }))

  it('keeps every attribute type as it was put', async () => {
    const Item = {
      pk: 'types',
      sk: '1',
      map: { list: [1, { b: 2 }] },
      strings: new Set(['u', 'v']),
      bytes: new Uint8Array([1, 2, 3]),
      nothing: null,
      yes: true,
      text: 'Ünïcödé',
    }
    await client.send(new PutCommand({ TableName, Item }))
    const { Item: found } = await client.send(
      new GetCommand({ TableName, Key: { pk: 'types', sk: '1' }, ConsistentRead: true }),
    )
    expect(found).toEqual(Item)
  })

  it('takes the ARN of a table for its name', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/films'
    await client.send(new PutCommand({ TableName: arn, Item: { pk: 'arn', sk: '1' } }))
    const { Item } = await client.send(new GetCommand({ TableName, Key: { pk: 'arn', sk: '1' } }))
    expect(Item).toEqual({ pk: 'arn', sk: '1' })
  })

  it('refuses a put whose condition fails, and shows the item when asked', async () => {
    await client.send(new PutCommand({ TableName, Item: { pk: 'once', sk: '1', v: 1 } }))
    const again = {
      TableName,
      Item: { pk: 'once', sk: '1', v: 2 },
      ConditionExpression: 'attribute_not_exists(pk)',
    }
    await expect(client.send(new PutCommand(again))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    })
    await expect(
      client.send(new PutCommand({ ...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })),
    ).rejects.toMatchObject({ Item: { pk: { S: 'once' }, v: { N: '1' } } })
  })

  it('lets one of many racing creators win', async () => {
    const race = await Promise.allSettled(
      Array.from({ length: 20 }, (_, v) =>
        client.send(
          new PutCommand({
            TableName,
            Item: { pk: 'race', sk: '1', v },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    )
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('loses no increment of many at once', async () => {
    const add = new UpdateCommand({
      TableName,
      Key: { pk: 'counter', sk: '1' },
      UpdateExpression: 'ADD #c :one',
      ExpressionAttributeNames: { '#c': 'count' },
      ExpressionAttributeValues: { ':one': 1 },
    })
    await Promise.all(Array.from({ length: 30 }, () => client.send(add)))
    const { Item } = await client.send(new GetCommand({ TableName, Key: { pk: 'counter', sk: '1' } }))
    expect(Item?.['count']).toBe(30)
  })

  it('updates with ADD, SET, if_not_exists, list_append, REMOVE and DELETE from a set', async () => {
    const Key = { pk: 'update', sk: '1' }
    const { Attributes: made } = await client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression:
          'ADD #c :one, s :set SET created = if_not_exists(created, :now), l = list_append(if_not_exists(l, :e), :v)',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: {
          ':one': 1,
          ':now': 5,
          ':e': [],
          ':v': ['z'],
          ':set': new Set(['a', 'b']),
        },
        ReturnValues: 'ALL_NEW',
      }),
    )
    expect(made).toMatchObject({ count: 1, created: 5, l: ['z'], s: new Set(['a', 'b']) })
    const { Attributes: changed } = await client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'REMOVE l DELETE s :a SET m = :m',
        ConditionExpression:
          'created BETWEEN :lo AND :hi AND #c IN (:one, :two) AND size(pk) = :six AND begins_with(pk, :u)',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: {
          ':a': new Set(['a']),
          ':m': { deep: [{ c: 1 }] },
          ':lo': 1,
          ':hi': 9,
          ':one': 1,
          ':two': 2,
          ':six': 6,
          ':u': 'up',
        },
        ReturnValues: 'ALL_NEW',
      }),
    )
    expect(changed).toEqual({ ...Key, count: 1, created: 5, s: new Set(['b']), m: { deep: [{ c: 1 }] } })
    const { Attributes: nested } = await client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET m.deep[0].c = m.deep[0].c + :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    )
    expect(nested).toEqual({ m: { deep: [{ c: 2 }] } })
  })

  it('writes and reads 25 in a batch, and refuses the same key twice', async () => {
    const all = Array.from({ length: 25 }, (_, n) => putRequest(n))
    await wire.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: all } }))
    const { Responses } = await wire.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TableName]: { Keys: ['3', '4', 'none'].map((sk) => ({ pk: { S: 'batch' }, sk: { S: sk } })) },
        },
      }),
    )
    expect(Responses?.[TableName]).toHaveLength(2)
    await expect(
      wire.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [putRequest(1), putRequest(1)] } })),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('duplicates') })
  })

  it('queries in order, page by page, filtered and projected', async () => {
    for (let n = 0; n < 25; n++) {
      await client.send(
        new PutCommand({ TableName, Item: { pk: 'page', sk: String(n).padStart(3, '0'), n, extra: 'x' } }),
      )
    }
    const asked = {
      TableName,
      KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
      ScanIndexForward: false,
    }
    const first = await client.send(
      new QueryCommand({ ...asked, ExpressionAttributeValues: { ':p': 'page', ':s': '00' }, Limit: 4 }),
    )
    expect(first.Items?.map(({ n }) => n)).toEqual([9, 8, 7, 6])
    const second = await client.send(
      new QueryCommand({
        ...asked,
        ExpressionAttributeValues: { ':p': 'page', ':s': '00', ':t': 2 },
        ExclusiveStartKey: first.LastEvaluatedKey,
        FilterExpression: 'n > :t',
        ProjectionExpression: 'sk',
        ReturnConsumedCapacity: 'TOTAL',
      }),
    )
    expect(second).toMatchObject({ ScannedCount: 6, Items: [{ sk: '005' }, { sk: '004' }, { sk: '003' }] })
    expect(second.ConsumedCapacity?.TableName).toBe(TableName)
  })

  it('scans each item in exactly one segment', async () => {
    const total = await client.send(new ScanCommand({ TableName, Select: 'COUNT' }))
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) =>
        client.send(new ScanCommand({ TableName, Segment, TotalSegments: 3, Select: 'COUNT' })),
      ),
    )
    expect(segments.reduce((sum, { Count = 0 }) => sum + Count, 0)).toBe(total.Count)
  })

  it('stores 400 KB and not a byte more, counted in UTF-8', async () => {
    const room = 400 * 1024 - 'pk'.length - 'big'.length - 'sk'.length - '1'.length - 'x'.length
    await putBig('x'.repeat(room))
    await expect(putBig('x'.repeat(room + 1))).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(putBig('ü'.repeat(room / 2 + 1))).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('names what is wrong as AWS does', async () => {
    await expect(
      wire.send(new DeleteItemCommand({ TableName: 'none', Key: { pk: { S: '1' } } })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(
      wire.send(new DeleteItemCommand({ TableName, Key: { pk: { S: '1' } } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    })
  })
})
