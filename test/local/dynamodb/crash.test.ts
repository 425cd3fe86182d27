import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDynamoDb } from '../../../local/dynamodb/index.ts'
import { isRecord, records } from '../../../local/json-input.ts'
import { killedAfter } from '../killed.ts'
import { allow, scratch } from '../serve.ts'

describe('the local DynamoDB after kill -9', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  beforeAll(async () => {
    directory = await scratch()
  })
  afterAll(() => directory.remove())

  it('has all that was acknowledged, no half transaction, and goes on where the stream was', async () => {
    const child = new URL('crash-child.ts', import.meta.url)
    const acknowledged = await killedAfter(child, [directory.path], (lines) => lines.length >= 400)

    const dynamoDb = await createDynamoDb({ path: directory.path, authorize: allow, sweepEveryMs: false })
    try {
      const scan = async (IndexName?: string) => {
        const output = await dynamoDb.call(
          'Scan',
          { TableName: 'films', ...(IndexName && { IndexName }) },
          { kind: 'person' },
        )
        const items = isRecord(output) ? records(output, 'Items') : []
        return new Set(items.map(({ pk }) => (isRecord(pk) ? String(pk['S']) : '')))
      }
      const stored = await scan()
      for (const line of acknowledged) {
        const id = Number(line)
        const expected = id % 2 === 0 ? [`one-${id}`] : [`left-${id}`, `right-${id}`]
        for (const pk of expected) expect(stored).toContain(pk)
      }
      const sides = (side: string) =>
        [...stored].filter((pk) => pk.startsWith(side)).map((pk) => pk.slice(side.length))
      expect(sides('left').toSorted()).toEqual(sides('right').toSorted())
      // The index and the stream were written with the items, so they hold exactly the same.
      expect(await scan('byKind')).toEqual(stored)
      const stream = await dynamoDb.stream('films')
      const all = await stream.read({ shardId: '', position: { kind: 'trim-horizon' }, limit: 100_000 })
      expect(all.records).toHaveLength(stored.size)

      await dynamoDb.call(
        'PutItem',
        { TableName: 'films', Item: { pk: { S: 'new' }, sk: { S: '1' } } },
        { kind: 'person' },
      )
      const more = await stream.read({ shardId: '', position: all.next, limit: 10 })
      expect(more.records).toHaveLength(1)
    } finally {
      await dynamoDb.close()
    }
  })
})
