import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AwsFault } from '../../../local/service.ts'
import { films } from './films.ts'
import { type Opened, openFilms, TableName } from './opened.ts'

describe('tables of the local DynamoDB', () => {
  let opened: Opened
  const asked: string[] = []

  beforeEach(async () => {
    asked.length = 0
    opened = await openFilms({
      authorize(_caller, action, resource) {
        asked.push(`${action} ${resource}`)
        if (action === 'dynamodb:Scan') throw new AwsFault('AccessDenied', 'not that', 403)
      },
    })
  })
  afterEach(() => opened.close())

  const create = (name: string) =>
    opened.wire.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
        SSESpecification: { Enabled: true },
      }),
    )

  it('makes, describes, lists and deletes them', async () => {
    const { TableDescription } = await create('second')
    expect(TableDescription).toMatchObject({
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/second',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    })
    await waitUntilTableExists({ client: opened.wire, maxWaitTime: 60 }, { TableName: 'second' })
    await expect(create('second')).rejects.toMatchObject({ name: 'ResourceInUseException' })
    expect((await opened.wire.send(new ListTablesCommand({}))).TableNames).toEqual(['films', 'second'])
    const page = await opened.wire.send(new ListTablesCommand({ Limit: 1 }))
    expect(page).toMatchObject({ TableNames: ['films'], LastEvaluatedTableName: 'films' })
    await opened.wire.send(new DeleteTableCommand({ TableName: 'second' }))
    await expect(opened.wire.send(new DescribeTableCommand({ TableName: 'second' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('starts a table made again empty', async () => {
    await create('second')
    await opened.client.send(new PutCommand({ TableName: 'second', Item: { id: '1' } }))
    await opened.wire.send(new DeleteTableCommand({ TableName: 'second' }))
    await create('second')
    const query = {
      TableName: 'second',
      KeyConditionExpression: 'id = :i',
      ExpressionAttributeValues: { ':i': '1' },
    }
    expect((await opened.client.send(new QueryCommand(query))).Count).toBe(0)
  })

  it('keeps tags', async () => {
    const ResourceArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]
    await opened.wire.send(new TagResourceCommand({ ResourceArn, Tags }))
    await opened.wire.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
    const found = await opened.wire.send(new ListTagsOfResourceCommand({ ResourceArn }))
    expect(found.Tags).toEqual([{ Key: 'b', Value: '2' }])
  })

  it('takes the same template again for what is there', async () => {
    const first = await opened.dynamoDb.createTable(TableName, films)
    expect(await opened.dynamoDb.createTable(TableName, films)).toEqual(first)
    expect(first.streamArn).toMatch(/:table\/films\/stream\/\d{4}-/)
  })

  it('asks for the permission AWS would', async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`
    await opened.client.send(
      new QueryCommand({
        TableName,
        IndexName: 'byKind',
        KeyConditionExpression: 'kind = :k',
        ExpressionAttributeValues: { ':k': 'x' },
      }),
    )
    await opened.dynamoDb.call(
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName, Item: { pk: { S: '1' }, sk: { S: '1' } } } },
          {
            ConditionCheck: {
              TableName,
              Key: { pk: { S: '2' }, sk: { S: '1' } },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
        ],
      },
      { kind: 'person' },
    )
    expect(asked).toEqual([
      `dynamodb:Query ${arn}/index/byKind`,
      `dynamodb:PutItem ${arn}`,
      `dynamodb:ConditionCheckItem ${arn}`,
    ])
    await expect(opened.client.send(new ScanCommand({ TableName }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('says what it does not do', async () => {
    await expect(
      opened.wire.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM films' })),
    ).rejects.toMatchObject({ name: 'UnknownOperationException' })
  })
})
