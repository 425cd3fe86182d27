/** Tables read and written without the SDK hold and give what the SDK's document client does. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { committed, conditionHeld } from '../../lib/platform/aws/conditional-write.ts'
import { queryRows } from '../../lib/platform/aws/query-rows.ts'
import { signedTables, type Tables } from '../../lib/platform/aws/signed-tables.ts'
import { createFaults } from '../../local/faults/index.ts'
import { type Opened, openFilms, TableName } from '../local/dynamodb/opened.ts'

const faults = createFaults()
let films: Opened
let tables: Tables
beforeAll(async () => {
  films = await openFilms({ faults })
  tables = signedTables(films)
})
afterAll(() => films.close())
beforeEach(() => faults.remove())

const Item = {
  pk: 'film',
  sk: 'ä "quoted" / 🎬',
  text: '',
  bytes: Uint8Array.of(0, 1, 255),
  numbers: [0, -1, 1.5, 1e-7, 1e21, 2 ** 53 - 1],
  flags: { yes: true, no: false, none: null },
  deep: [{ of: ['it', { all: 1 }] }],
}
const Key = { pk: Item.pk, sk: Item.sk }

describe('values', () => {
  it('are stored as the SDK reads them, without what is undefined', async () => {
    await tables.put({
      TableName,
      Item: { ...Item, absent: undefined, numbers: [0, -1, 1.5, 1e-7, 2 ** 53 - 1] },
    })
    const { Item: read } = await films.client.send(new GetCommand({ TableName, Key }))
    expect(read).toEqual({ ...Item, numbers: [0, -1, 1.5, 1e-7, 2 ** 53 - 1] })
  })

  it('are read as the SDK stored them', async () => {
    const { numbers: _, ...stored } = Item
    await films.client.send(new PutCommand({ TableName, Item: stored }))
    expect(await tables.get({ TableName, Key, ConsistentRead: true })).toEqual(stored)
    const { items, unread } = await tables.batchGet({ table: TableName, keys: [Key], isConsistent: true })
    expect([items, unread]).toEqual([[stored], []])
  })

  it('that are sets, or numbers past 2^53, are refused and never read as something else', async () => {
    await films.client.send(new PutCommand({ TableName, Item: { ...Key, words: new Set(['a']) } }))
    await expect(tables.get({ TableName, Key })).rejects.toThrow(TypeError)
    await films.client.send(new PutCommand({ TableName, Item: { ...Key, count: 2n ** 60n } }))
    await expect(tables.get({ TableName, Key })).rejects.toThrow(TypeError)
    await expect(tables.put({ TableName, Item: { ...Key, words: new Set(['a']) } })).rejects.toThrow(
      TypeError,
    )
    await expect(tables.put({ TableName, Item: { ...Key, number: Number.NaN } })).rejects.toThrow(TypeError)
  })

  it('that are not there are undefined', async () => {
    expect(await tables.get({ TableName, Key: { pk: 'none', sk: 'x' } })).toBeUndefined()
  })
})

describe('writes', () => {
  const unlessThere = 'attribute_not_exists(pk)'
  const put = (pk: string) =>
    tables.put({ TableName, Item: { pk, sk: 'x' }, ConditionExpression: unlessThere })
  const both = (...pks: readonly string[]) =>
    tables.transactWrite({
      TransactItems: pks.map((pk) => ({
        Put: { TableName, Item: { pk, sk: 'x' }, ConditionExpression: unlessThere },
      })),
    })

  it('say whether their condition held', async () => {
    expect(await conditionHeld(put('once'))).toBe(true)
    expect(await conditionHeld(put('once'))).toBe(false)
  })

  it('of several items are done together or not at all', async () => {
    expect(await committed(both('two-a', 'two-b'))).toBe(true)
    expect(await committed(both('two-b', 'two-c'))).toBe(false)
    expect(await tables.get({ TableName, Key: { pk: 'two-c', sk: 'x' } })).toBeUndefined()
  })

  it('that a table refuses are thrown by the name the service gives', async () => {
    await expect(tables.put({ TableName: 'none', Item: Key })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('take away', async () => {
    await tables.put({ TableName, Item: Key })
    await tables.delete({ TableName, Key })
    expect(await tables.get({ TableName, Key })).toBeUndefined()
  })
})

describe('queries', () => {
  it('go on where a page ended, in either order', async () => {
    for (const sk of ['a', 'b', 'c']) await tables.put({ TableName, Item: { pk: 'list', sk } })
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'list' },
      ScanIndexForward: false,
    }
    const { items, next } = await tables.query({ ...query, Limit: 2 })
    expect(items.map(({ sk }) => sk)).toEqual(['c', 'b'])
    const rows = await queryRows(tables, { ...query, ExclusiveStartKey: { ...next } }, 5)
    expect(rows.map(({ sk }) => sk)).toEqual(['a'])
  })
})

describe('a table that is busy', () => {
  it('is asked again', async () => {
    faults.add({ service: 'dynamodb', kind: 'throttle', times: 2 })
    expect(await tables.get({ TableName, Key: { pk: 'none', sk: 'x' } })).toBeUndefined()
  })

  it('is TABLE_BUSY after three tries', async () => {
    faults.add({ service: 'dynamodb', kind: 'throttle', times: 3 })
    const busy = { code: 'TABLE_BUSY', status: 503, message: expect.stringContaining('table films:') }
    await expect(tables.get({ TableName, Key })).rejects.toMatchObject(busy)
    expect(await tables.get({ TableName, Key: { pk: 'none', sk: 'x' } })).toBeUndefined()
  })
})
