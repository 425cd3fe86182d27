import { DescribeTimeToLiveCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Opened, openFilms, TableName } from './opened.ts'

describe('time to live of the local DynamoDB', () => {
  let opened: Opened
  const nowMs = Date.parse('2026-01-01')

  beforeEach(async () => {
    opened = await openFilms({ now: () => nowMs })
  })
  afterEach(() => opened.close())

  const put = (pk: string, expiresAt: unknown) =>
    opened.client.send(new PutCommand({ TableName, Item: { pk, sk: '1', expiresAt } }))
  const has = async (pk: string) =>
    (await opened.client.send(new GetCommand({ TableName, Key: { pk, sk: '1' } }))).Item !== undefined

  it('shows an expired item until it is swept, for AWS may take days', async () => {
    await put('gone', nowMs / 1000 - 1)
    expect(await has('gone')).toBe(true)
    expect(await opened.dynamoDb.sweep()).toBe(1)
    expect(await has('gone')).toBe(false)
  })

  it('leaves what has not expired, has no number, or is five years past', async () => {
    await put('later', nowMs / 1000 + 1)
    await put('text', '1')
    await put('milliseconds', 1)
    expect(await opened.dynamoDb.sweep()).toBe(0)
    expect([await has('later'), await has('text'), await has('milliseconds')]).toEqual([true, true, true])
  })

  it('deletes as the service, which the stream tells from a user', async () => {
    await put('gone', nowMs / 1000 - 1)
    await opened.dynamoDb.sweep()
    const source = await opened.dynamoDb.stream(TableName)
    const { records } = await source.read({ shardId: '', position: { kind: 'trim-horizon' }, limit: 10 })
    expect(records.map(({ event }) => event['userIdentity'])).toEqual([
      undefined,
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    ])
  })

  it('is switched off and on to another attribute', async () => {
    const set = (AttributeName: string, Enabled: boolean) =>
      opened.wire.send(
        new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }),
      )
    await expect(set('expiresAt', true)).rejects.toMatchObject({ name: 'ValidationException' })
    await set('expiresAt', false)
    await put('gone', nowMs / 1000 - 1)
    expect(await opened.dynamoDb.sweep()).toBe(0)
    await set('endsAt', true)
    const { TimeToLiveDescription } = await opened.wire.send(new DescribeTimeToLiveCommand({ TableName }))
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'endsAt' })
  })

  it('sweeps by itself when it is not switched off', async () => {
    const sweeping = await openFilms({ sweepEveryMs: 20 })
    try {
      const Item = { pk: 'gone', sk: '1', expiresAt: Math.floor(Date.now() / 1000) - 1 }
      await sweeping.client.send(new PutCommand({ TableName, Item }))
      await vi.waitFor(async () => {
        const found = await sweeping.client.send(new GetCommand({ TableName, Key: { pk: 'gone', sk: '1' } }))
        expect(found.Item).toBeUndefined()
      }, 10_000)
    } finally {
      await sweeping.close()
    }
  })
})
