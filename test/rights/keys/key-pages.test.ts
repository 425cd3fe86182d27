/** Keys of a content and who asked for them, page by page, over the wire. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetPeriods, contentKey, keysFor } from '../../../lib/rights/index.ts'
import { contentPartition, keyPlace } from '../../../lib/rights/keys/store.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { memoryApi } from '../../api/parts.ts'
import { openRightsCloud, table } from '../cloud.ts'
import { memoryRights } from '../memory.ts'

const film = 'vod/film'
const periods = 25
const policy = policySchema.parse({
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'perType',
  rotationSeconds: 12,
})

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
let call: ReturnType<typeof memoryApi>['call']
let ports: ReturnType<typeof cloud.ports>

beforeAll(async () => {
  cloud = await openRightsCloud()
  let nowMs = Date.UTC(2026, 0, 31, 12)
  ports = cloud.ports(() => nowMs)
  call = memoryApi({ rights: { ...memoryRights().ports, ...ports } }).call
  if (policy.mode === 'none') throw new Error('expected encryption')
  await ports.protection.putPolicy(film, policy)
  await assetPeriods(ports, film, { policy, commonMs: periods * 12_000 })
  for (let i = 0; i < 12; i++) {
    // Two at a time ask in the same millisecond.
    if (i % 2 === 0) nowMs += 1
    const kid = `${i}`.padStart(32, '0')
    const requests = [{ period: 7 + (i % 2), label: i < 6 ? 'AUDIO' : 'HD', kid, iv: new Uint8Array(16) }]
    await keysFor(ports, film, { asker: { who: `packager ${i}`, door: 'speke' }, requests })
  }
})
afterAll(() => cloud.close())

interface Key {
  readonly period: number
  readonly label: string
  readonly kid: string
}
interface Ask {
  readonly at: string
  readonly who: string
}
interface Page {
  readonly keys?: readonly Key[]
  readonly asks?: readonly Ask[]
  readonly next?: string
}

async function pageOf(list: 'keys' | 'asks', query: string): Promise<Page> {
  const { status, json } = await call('GET', `/v1/assets/film/protection/${list}?${query}`)
  expect(status).toBe(200)
  return json as Page
}

/** All of a list in pages of `limit`; every page but the last is full. */
async function walk(list: 'keys' | 'asks', limit: number): Promise<(Key | Ask)[]> {
  const found: (Key | Ask)[] = []
  let next = ''
  for (let pages = 0; pages < 200; pages++) {
    const page = await pageOf(list, `limit=${limit}${next}`)
    const rows = page[list] ?? []
    found.push(...rows)
    if (page.next === undefined) {
      expect(rows.length).toBeGreaterThan(0)
      return found
    }
    expect(rows).toHaveLength(limit)
    next = `&next=${page.next}`
  }
  throw new Error('expected a last page')
}

describe('the keys of a content', () => {
  const count = 4 * periods + 12

  it.each([1, 4, 7, 56, 112, 113])(
    'come in pages of %i, the latest period first, each once',
    async (limit) => {
      const { keys: all = [], next } = await pageOf('keys', 'limit=1000')
      expect([all.length, next]).toEqual([count, undefined])
      expect(new Set(all.map(({ kid }) => kid)).size).toBe(count)
      expect(all.map(({ period }) => period)).toEqual(
        all.map(({ period }) => period).toSorted((a, b) => b - a),
      )
      expect(await walk('keys', limit)).toEqual(all)
    },
  )

  it('go on where a page ended, whatever was made since', async () => {
    const first = await pageOf('keys', 'limit=10')
    const request = { contentId: film, period: periods - 1, label: 'AUDIO', kid: 'f'.repeat(32) }
    await contentKey(ports, { ...request, iv: new Uint8Array(16) })
    const second = await pageOf('keys', `limit=10&next=${first.next}`)
    const kids = (page: Page) => (page.keys ?? []).map(({ kid }) => kid)
    expect(new Set([...kids(first), ...kids(second)]).size).toBe(20)
    expect(kids(second)).not.toContain(request.kid)
  })
})

describe('who asked for keys', () => {
  it.each([1, 5, 6, 12, 100])('comes in pages of %i, the latest first, each once', async (limit) => {
    const found = (await walk('asks', limit)) as Ask[]
    expect(new Set(found.map(({ who }) => who)).size).toBe(12)
    expect(found).toHaveLength(12)
    expect(found.map(({ at }) => at)).toEqual(
      found
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    )
    expect(Object.keys(found[0] ?? {}).toSorted()).toEqual(['at', 'door', 'kids', 'who'])
  })
})

describe('a page that no list gave', () => {
  const text = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url')

  it.each([
    ['nonsense', 'x'],
    ['an empty one', text({})],
    ['a place of another kind of row', text({ place: 'kid#00000000000000000000000000000000' })],
    ['a place that is no text', text({ place: 1 })],
    ['a place with more behind it', text({ place: 'key#ALL#0000000001#x' })],
    ['one too long', text({ place: `key#ALL#0000000001${'#'.repeat(3000)}` })],
  ])('is refused: %s', async (_name, next) => {
    for (const list of ['keys', 'asks'])
      expect(await call('GET', `/v1/assets/film/protection/${list}?next=${next}`)).toMatchObject({
        status: 400,
        json: { error: { code: 'REQUEST_INVALID' } },
      })
  })

  it('is refused where it is of the other list', async () => {
    const [keys, asks] = [await pageOf('keys', 'limit=1'), await pageOf('asks', 'limit=1')]
    expect((await call('GET', `/v1/assets/film/protection/keys?next=${asks.next}`)).status).toBe(400)
    expect((await call('GET', `/v1/assets/film/protection/asks?next=${keys.next}`)).status).toBe(400)
  })
})

it('keys of more than a megabyte are read to the last', async () => {
  const contentId = 'vod/heavy'
  for (let period = 0; period < 6; period++) {
    const record = {
      contentId,
      period,
      label: 'ALL',
      kid: `${period}`.padStart(32, '0'),
      iv: '',
      checksum: '',
    }
    const sk = keyPlace(record)
    await cloud.client.send(
      new PutCommand({
        TableName: table,
        Item: { pk: contentPartition(contentId), sk, ...record, wrapped: new Uint8Array(350_000) },
      }),
    )
  }
  const name = { contentId, label: 'ALL' }
  expect((await ports.keyStore.range(name, 0, 5)).map(({ period }) => period)).toEqual([0, 1, 2, 3, 4, 5])
  const latest = await ports.keyStore.latest(name, keyPlace({ label: 'ALL', period: 6 }), 5)
  expect(latest.map(({ period }) => period)).toEqual([5, 4, 3, 2, 1])
})
