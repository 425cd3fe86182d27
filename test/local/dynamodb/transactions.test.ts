import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Opened, openFilms, TableName } from './opened.ts'

type Steps = NonNullable<TransactWriteCommandInput['TransactItems']>

const add = (pk: string) => ({
  Update: {
    TableName,
    Key: { pk, sk: '1' },
    UpdateExpression: 'ADD v :one',
    ExpressionAttributeValues: { ':one': 1 },
  },
})
const create = (pk: string) => ({
  Put: {
    TableName,
    Item: { pk, sk: '1', v: 1 },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  },
})

const transfer = (from: string, to: string) => [
  {
    Update: {
      TableName,
      Key: { pk: from, sk: '1' },
      UpdateExpression: 'ADD v :d',
      ConditionExpression: 'v > :zero',
      ExpressionAttributeValues: { ':d': -1, ':zero': 0 },
    },
  },
  add(to),
]

describe('transactions of the local DynamoDB', () => {
  let opened: Opened
  let nowMs = Date.parse('2026-01-01')

  beforeAll(async () => {
    opened = await openFilms({ now: () => nowMs })
  })
  afterAll(() => opened.close())

  const write = (TransactItems: Steps, ClientRequestToken?: string) =>
    opened.client.send(
      new TransactWriteCommand({ TransactItems, ClientRequestToken, ReturnConsumedCapacity: 'TOTAL' }),
    )
  const get = async (pk: string) =>
    (await opened.client.send(new GetCommand({ TableName, Key: { pk, sk: '1' } }))).Item
  const put = (pk: string, v = 1) =>
    opened.client.send(new PutCommand({ TableName, Item: { pk, sk: '1', v } }))
  it('puts, updates, deletes and checks as one', async () => {
    await Promise.all([put('counted', 2), put('checked'), put('deleted')])
    const answer = await write([
      create('created'),
      add('counted'),
      { Delete: { TableName, Key: { pk: 'deleted', sk: '1' } } },
      {
        ConditionCheck: {
          TableName,
          Key: { pk: 'checked', sk: '1' },
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
    ])
    expect(await get('created')).toMatchObject({ v: 1 })
    expect(await get('counted')).toMatchObject({ v: 3 })
    expect(await get('deleted')).toBeUndefined()
    expect(await get('checked')).toMatchObject({ v: 1 })
    expect(answer.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 8 }])
  })

  it('writes nothing when one condition fails, and gives the reason of each', async () => {
    await put('there', 7)
    const failed: TransactionCanceledException = await write([create('absent'), create('there')]).then(
      () => expect.unreachable(),
      (error) => error,
    )
    expect(failed.name).toBe('TransactionCanceledException')
    expect(failed.message).toContain('[None, ConditionalCheckFailed]')
    expect(failed.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { v: { N: '7' } } },
    ])
    expect(await get('absent')).toBeUndefined()
  })

  it('cancels for an update that cannot be applied', async () => {
    await opened.client.send(new PutCommand({ TableName, Item: { pk: 'text', sk: '1', v: 'no number' } }))
    await expect(write([create('beside'), add('text')])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }],
    })
    expect(await get('beside')).toBeUndefined()
  })

  it('refuses the same item twice, none, and more than 100', async () => {
    await expect(write([create('twice'), add('twice')])).rejects.toMatchObject({
      name: 'ValidationException',
    })
    await expect(write([])).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(write(Array.from({ length: 101 }, (_, n) => add(`many${n}`)))).rejects.toMatchObject({
      name: 'ValidationException',
    })
    await write(Array.from({ length: 100 }, (_, n) => add(`many${n}`)))
    expect(await get('many99')).toMatchObject({ v: 1 })
  })

  it('does a request once for its token, for ten minutes', async () => {
    await write([add('once')], 'token-1')
    await write([add('once')], 'token-1')
    expect(await get('once')).toMatchObject({ v: 1 })
    await expect(write([add('other')], 'token-1')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    })
    nowMs += 10 * 60 * 1000 + 1
    await write([add('once')], 'token-1')
    expect(await get('once')).toMatchObject({ v: 2 })
  })

  it('is isolated: racing transfers keep the sum, and readers never see half of one', async () => {
    await Promise.all([put('left', 50), put('right', 50)])
    const sums: number[] = []
    const read = async () => {
      const { Responses = [] } = await opened.client.send(
        new TransactGetCommand({
          TransactItems: ['left', 'right'].map((pk) => ({ Get: { TableName, Key: { pk, sk: '1' } } })),
        }),
      )
      sums.push(Responses.reduce((sum, { Item }) => sum + Number(Item?.['v']), 0))
    }
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => [
        write(n % 2 ? transfer('left', 'right') : transfer('right', 'left')),
        read(),
      ]).flat(),
    )
    expect(new Set(sums)).toEqual(new Set([100]))
  })
})
