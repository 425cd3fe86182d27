import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { films } from './films.ts'
import { type Opened, openFilms, TableName } from './opened.ts'

describe('secondary indexes of the local DynamoDB', () => {
  let opened: Opened
  let client: Opened['client']

  beforeAll(async () => {
    opened = await openFilms()
    ;({ client } = opened)
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        client.send(
          new PutCommand({
            TableName,
            Item: { pk: `f${at}`, sk: '1', kind: 'film', at, title: `T${at}`, other: 1 },
          }),
        ),
      ),
    )
  })
  afterAll(() => opened.close())

  it('gives a range of numbers in order', async () => {
    const found = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'byKind',
        KeyConditionExpression: 'kind = :k AND #at BETWEEN :a AND :b',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':k': 'film', ':a': 5, ':b': 14 },
        Limit: 5,
      }),
    )
    expect(found.Items?.map(({ at }) => at)).toEqual([5, 6, 7, 8, 9])
    expect(found.LastEvaluatedKey).toEqual({ pk: 'f9', sk: '1', kind: 'film', at: 9 })
  })

  it('shows projected attributes only', async () => {
    const found = await client.send(new ScanCommand({ TableName, IndexName: 'titles', Limit: 1 }))
    expect(Object.keys(found.Items?.[0] ?? {}).toSorted()).toEqual(['kind', 'pk', 'sk', 'title'])
  })

  it('refuses consistent reads', async () => {
    await expect(
      client.send(new ScanCommand({ TableName, IndexName: 'byKind', ConsistentRead: true })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it.each([true, false])(
    'pages through items with equal index keys, forwards: %s',
    async (ScanIndexForward) => {
      const seen: string[] = []
      let start: Record<string, unknown> | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            IndexName: 'titles',
            KeyConditionExpression: 'kind = :k',
            ExpressionAttributeValues: { ':k': 'film' },
            Limit: 3,
            ScanIndexForward,
            ...(start && { ExclusiveStartKey: start }),
          }),
        )
        seen.push(...(page.Items ?? []).map(({ pk }) => String(pk)))
        start = page.LastEvaluatedKey
      } while (start !== undefined)
      expect(seen).toHaveLength(20)
      expect(new Set(seen).size).toBe(20)
    },
  )

  it('holds two items apart whose keys have the same short hash', async () => {
    // md5('Outliers' + pk + sk) begins with 4a5244 for both: dynalite's own index keeps one of them.
    for (const pk of ['k240', 'k2949']) {
      await client.send(new PutCommand({ TableName, Item: { pk, sk: '1', kind: 'twins' } }))
    }
    const found = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'titles',
        KeyConditionExpression: 'kind = :k',
        ExpressionAttributeValues: { ':k': 'twins' },
      }),
    )
    expect(found.Count).toBe(2)
  })

  it('follows an item whose index key changes or goes', async () => {
    const count = async (kind: string) => {
      const found = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'byKind',
          KeyConditionExpression: 'kind = :k',
          ExpressionAttributeValues: { ':k': kind },
        }),
      )
      return found.Count
    }
    const Key = { pk: 'moves', sk: '1' }
    await client.send(new PutCommand({ TableName, Item: { ...Key, kind: 'a', at: 1 } }))
    await client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET kind = :b',
        ExpressionAttributeValues: { ':b': 'b' },
      }),
    )
    expect([await count('a'), await count('b')]).toEqual([0, 1])
    await client.send(new DeleteCommand({ TableName, Key }))
    expect(await count('b')).toBe(0)
  })

  it('fills an index added later, with what is written meanwhile', async () => {
    const written = Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        client.send(new PutCommand({ TableName, Item: { pk: `late${n}`, sk: '1', genre: 'noir' } })),
      ),
    )
    await opened.wire.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'genre', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: 'byGenre',
              KeySchema: [{ AttributeName: 'genre', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          },
        ],
      }),
    )
    await written
    const found = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'byGenre',
        KeyConditionExpression: 'genre = :g',
        ExpressionAttributeValues: { ':g': 'noir' },
      }),
    )
    expect(found.Count).toBe(30)
  })

  it('is brought to what the template says now', async () => {
    const [byKind] = films.GlobalSecondaryIndexes
    await opened.dynamoDb.createTable(TableName, {
      ...films,
      GlobalSecondaryIndexes: [byKind, { ...byKind, IndexName: 'byKindToo' }],
    })
    const { Table } = await opened.wire.send(new DescribeTableCommand({ TableName }))
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byKind', 'byKindToo'])
    const found = await client.send(new ScanCommand({ TableName, IndexName: 'byKindToo' }))
    expect(found.Count).toBe(20)
    await expect(
      opened.dynamoDb.createTable(TableName, {
        ...films,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    ).rejects.toMatchObject({ code: 'TABLE_KEYS' })
  })
})
