/** A busy partition, over the wire: what is throttled, what of a batch is left out, and what everything costs. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFaults } from '../../../local/faults/index.ts'
import { clientOf } from '../serve.ts'
import { type Opened, openFilms, TableName } from './opened.ts'

const faults = createFaults()
const clock = { nowMs: 1_000_000 }
let films: Opened
beforeEach(async () => {
  faults.remove()
  films = await openFilms({ faults, now: () => clock.nowMs })
})
afterEach(() => films.close())

const put = (pk: string, item: Record<string, unknown> = {}) =>
  films.client.send(new PutCommand({ TableName, Item: { pk, sk: 'x', ...item } }))
const keys = (...names: string[]) => names.map((pk) => ({ pk, sk: 'x' }))
const batch = (...names: string[]) =>
  films.client.send(
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys(...names), ConsistentRead: true } } }),
  )
const used = (resource = TableName) =>
  Object.fromEntries(
    faults
      .rules()
      .flatMap((one) => one.used)
      .filter((one) => one.resource === resource)
      .map(({ key, reads, writes }) => [key, { reads, writes }]),
  )

describe('a partition a test makes busy', () => {
  it('is left out of a batch that reads others, with the manner of the reading', async () => {
    await put('a')
    await put('b')
    faults.add({ service: 'dynamodb', resource: TableName, key: 'a', kind: 'throttle', times: 1 })
    const first = await batch('a', 'b')
    expect(first.Responses?.[TableName]).toEqual([{ pk: 'b', sk: 'x' }])
    expect(first.UnprocessedKeys).toEqual({ [TableName]: { Keys: keys('a'), ConsistentRead: true } })
    expect((await batch('a', 'b')).UnprocessedKeys).toEqual({})
  })

  it('makes a batch of nothing else an error', async () => {
    faults.add({ service: 'dynamodb', key: 'a', kind: 'throttle' })
    await expect(batch('a')).rejects.toMatchObject({ name: 'ThrottlingException' })
  })

  it('hands back what a batch could not write', async () => {
    faults.add({ service: 'dynamodb', operation: 'BatchWriteItem', key: 'a', kind: 'throttle', times: 1 })
    const requests = keys('a', 'b').map((Item) => ({ PutRequest: { Item } }))
    const { UnprocessedItems } = await films.client.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: requests } }),
    )
    expect(UnprocessedItems).toEqual({ [TableName]: requests.slice(0, 1) })
    expect((await batch('a', 'b')).Responses?.[TableName]).toEqual(keys('b'))
  })

  it('cancels a transaction, which says of which step', async () => {
    faults.add({ service: 'dynamodb', key: 'b', kind: 'throttle', times: 1 })
    const TransactItems = ['a', 'b'].map((pk) => ({
      Put: { TableName, Item: { pk: { S: pk }, sk: { S: 'x' } } },
    }))
    const write = films.wire.send(new TransactWriteItemsCommand({ TransactItems }))
    await expect(write).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }],
    })
    expect((await batch('a', 'b')).Responses?.[TableName]).toEqual([])
  })

  it('refuses the part of the calls that a test names', async () => {
    await put('a')
    faults.add({ service: 'dynamodb', operation: 'GetItem', kind: 'internal', share: 0.25 })
    const get = () => films.client.send(new GetCommand({ TableName, Key: { pk: 'a', sk: 'x' } }))
    const outcomes = []
    for (let call = 0; call < 8; call++)
      outcomes.push(
        await get().then(
          () => 'read',
          (error: Error) => error.name,
        ),
      )
    expect(outcomes.filter((one) => one === 'InternalServerError')).toHaveLength(2)
    expect(outcomes.filter((one) => one === 'read')).toHaveLength(6)
  })

  it('breaks a connection off, and the SDK tries again', async () => {
    await put('a')
    faults.add({ service: 'dynamodb', kind: 'reset', times: 1 })
    const patient = new DynamoDBClient({ ...clientOf(films.endpoint), maxAttempts: 3 })
    const Key = { pk: { S: 'a' }, sk: { S: 'x' } }
    const read = await patient.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }),
    )
    expect(read.Responses?.[TableName]).toHaveLength(1)
    expect(faults.rules()).toMatchObject([{ met: 1 }])
    patient.destroy()
  })
})

describe('capacity', () => {
  it('counts what each partition key is read and written for', async () => {
    faults.add({ service: 'dynamodb', kind: 'capacity' })
    await put('small')
    await put('large', { body: 'x'.repeat(9000) })
    await films.client.send(new GetCommand({ TableName, Key: { pk: 'large', sk: 'x' } }))
    await films.client.send(
      new GetCommand({ TableName, Key: { pk: 'large', sk: 'x' }, ConsistentRead: true }),
    )
    await batch('small', 'none')
    expect(used()).toEqual({
      small: { reads: 1, writes: 1 },
      large: { reads: 1.5 + 3, writes: 9 },
      none: { reads: 1, writes: 0 },
    })
  })

  it('counts an index at its own partition keys, and only where its entry changes', async () => {
    faults.add({ service: 'dynamodb', kind: 'capacity' })
    await put('a', { kind: 'film', at: 1 })
    await films.client.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'a', sk: 'x' },
        UpdateExpression: 'SET progress = :p',
        ExpressionAttributeValues: { ':p': 0.5 },
      }),
    )
    await films.client.send(
      new QueryCommand({
        TableName,
        IndexName: 'titles',
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': 'film' },
      }),
    )
    // Everything is in byKind; of progress, titles has nothing.
    expect(used(`${TableName}/index/byKind`)).toEqual({ film: { reads: 0, writes: 2 } })
    expect(used(`${TableName}/index/titles`)).toEqual({ film: { reads: 0.5, writes: 1 } })
  })

  it('of a second is a bound for each key by itself, and the next second has its own', async () => {
    await put('a')
    await put('b')
    faults.add({ service: 'dynamodb', resource: TableName, kind: 'capacity', reads: 3, writes: 1 })
    const get = (pk: string) =>
      films.client.send(new GetCommand({ TableName, Key: { pk, sk: 'x' }, ConsistentRead: true }))
    for (let call = 0; call < 3; call++) await get('a')
    await expect(get('a')).rejects.toMatchObject({ name: 'ThrottlingException' })
    await get('b')
    await put('a')
    await expect(put('a')).rejects.toMatchObject({ name: 'ThrottlingException' })
    clock.nowMs += 1000
    await get('a')
    await put('a')
  })

  it('of an index throttles writes to the table', async () => {
    faults.add({ service: 'dynamodb', resource: 'index/byKind', kind: 'capacity', writes: 1 })
    await put('a', { kind: 'film', at: 1 })
    await expect(put('b', { kind: 'film', at: 2 })).rejects.toMatchObject({ name: 'ThrottlingException' })
    await put('c')
  })
})

describe('a batch', () => {
  it('reads 16 MB and hands the rest back', async () => {
    const names = Array.from({ length: 45 }, (_, i) => `film-${i}`)
    for (const name of names) await put(name, { body: 'x'.repeat(390_000) })
    const first = await batch(...names)
    const left = first.UnprocessedKeys?.[TableName]?.Keys ?? []
    expect(first.Responses?.[TableName]).toHaveLength(43)
    expect(left).toHaveLength(2)
    const rest = await batch(...left.map((key) => String(key['pk'])))
    expect(rest.Responses?.[TableName]).toHaveLength(2)
  })

  it('takes 100 keys, and 25 writes', async () => {
    const many = (length: number) => Array.from({ length }, (_, i) => `film-${i}`)
    await batch(...many(100))
    await expect(batch(...many(101))).rejects.toMatchObject({ name: 'ValidationException' })
    const writing = (length: number) => {
      const RequestItems = {
        [TableName]: many(length).map((pk) => ({ PutRequest: { Item: { pk: { S: pk }, sk: { S: 'x' } } } })),
      }
      return films.wire.send(new BatchWriteItemCommand({ RequestItems }))
    }
    await writing(25)
    await expect(writing(26)).rejects.toMatchObject({ name: 'ValidationException' })
  })
})
