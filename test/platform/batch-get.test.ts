/** Batch reads finish or throw, against a table that answers in parts. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BatchClock, batchGet } from '../../lib/platform/aws/batch-get.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { createFaults } from '../../local/faults/index.ts'
import { type Opened, openFilms, TableName } from '../local/dynamodb/opened.ts'

const faults = createFaults()
let films: Opened
beforeAll(async () => {
  films = await openFilms({ faults })
  for (let i = 0; i < 130; i++)
    await films.client.send(new PutCommand({ TableName, Item: { pk: `film-${i}`, sk: 'x' } }))
})
afterAll(() => films.close())
beforeEach(() => faults.remove())

/** A clock that pauses move; the pauses it was asked for. */
function clockOf() {
  const slept: number[] = []
  let nowMs = 0
  const clock: BatchClock = {
    now: () => nowMs,
    random: () => 1,
    sleep: (ms) => {
      slept.push(ms)
      nowMs += ms
      return Promise.resolve()
    },
  }
  return { clock, slept }
}

const textOrder = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1)
const keys = (count: number) => Array.from({ length: count }, (_, i) => ({ pk: `film-${i}`, sk: 'x' }))
const read = (count: number, clock?: BatchClock) =>
  batchGet(signedTables(films), { table: TableName, keys: keys(count), isConsistent: true }, clock)

describe('batchGet', () => {
  it('asks again for what was left out, after pauses that grow', async () => {
    const { clock, slept } = clockOf()
    // Asked for alone the item is refused, not left out; each such call is three tries.
    faults.add({ service: 'dynamodb', key: 'film-1', kind: 'throttle', times: 1 + 3 + 3 })
    const found = await read(3, clock)
    expect(found.map(({ pk }) => pk).toSorted(textOrder)).toEqual(['film-0', 'film-1', 'film-2'])
    expect(slept).toEqual([25, 50, 100])
  })

  it('asks again where everything was refused', async () => {
    const { clock } = clockOf()
    faults.add({ service: 'dynamodb', kind: 'throttle', times: 2 })
    expect(await read(2, clock)).toHaveLength(2)
  })

  it('throws TABLE_BUSY, to be tried again, where one item is never read', async () => {
    const { clock, slept } = clockOf()
    faults.add({ service: 'dynamodb', key: 'film-1', kind: 'throttle' })
    await expect(read(3, clock)).rejects.toMatchObject({ code: 'TABLE_BUSY', status: 503 })
    expect(slept.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(3000)
  })

  it('reads more keys than one call takes', async () => {
    expect(await read(130)).toHaveLength(130)
  })

  it('asks nothing for no keys', async () => {
    faults.add({ service: 'dynamodb', kind: 'internal' })
    expect(await read(0)).toEqual([])
  })

  it('tells a table that fails from one that is busy', async () => {
    faults.add({ service: 'dynamodb', kind: 'internal' })
    await expect(read(1)).rejects.toMatchObject({ code: 'SERVICE_BUSY', status: 503 })
  })
})
