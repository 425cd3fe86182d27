/** Room name over the wire: its routes and its queue's messages against the local DynamoDB. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { assetReady } from '../../lib/assets/index.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { eventOf } from '../../lib/platform/events/event-type.ts'
import { logOf } from '../../lib/platform/log.ts'
import { recordReady, recordSeen } from '../../lib/room-name/index.ts'
import { type RoomNameStore, roomNameStore } from '../../lib/room-name/store.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { memoryApi } from '../api/parts.ts'
import { allow, scratch, serve } from '../local/serve.ts'
import { rightsTable } from '../packaging/reading/tables.ts'
import { queueEvent } from '../platform/queue-event.ts'
import { onBus } from '../platform/room-event.ts'

const table = 'room-name'
const close: (() => Promise<void>)[] = []
let store: RoomNameStore
let api: ReturnType<typeof memoryApi>

beforeAll(async () => {
  const directory = await scratch()
  const dynamoDb = await createDynamoDb({ path: directory.path, authorize: allow, sweepEveryMs: false })
  // A house table without an index, as test/stack/tables.test.ts sees.
  await dynamoDb.createTable(table, rightsTable)
  const served = await serve(dynamoDb)
  close.push(
    () => served.close(),
    () => dynamoDb.close(),
    () => directory.remove(),
  )
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', served.endpoint)
  store = roomNameStore({ table })
  api = memoryApi({ roomName: store })
})
beforeEach(async () => {
  const { entries } = await store.page(100, undefined)
  for (const { id } of entries) await store.remove(id)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

const path = (id: string) => `/v1/room-name/${id}`
const put = (id: string, note: unknown = 'a note') => api.call('PUT', path(id), { note })
const codeOf = (json: unknown) => (json as { error?: { code: string } } | undefined)?.error?.code
const message = (id: string, seenAtMs: number) => JSON.stringify({ id, seenAtMs })

describe('the API', () => {
  it('stores an entry, shows it, and takes it away as often as it is asked to', async () => {
    const { status, json } = await put('one')
    expect([status, json]).toEqual([
      200,
      { id: 'one', note: 'a note', updatedAt: '2026-01-31T12:00:00.000Z' },
    ])
    expect((await api.call('GET', path('one'))).json).toEqual(json)
    for (let twice = 0; twice < 2; twice++) expect((await api.call('DELETE', path('one'))).status).toBe(204)
    const gone = await api.call('GET', path('one'))
    expect([gone.status, codeOf(gone.json)]).toEqual([404, 'ROOM_NAME_NOT_FOUND'])
  })

  it('lists entries by id, page by page, each once', async () => {
    for (const id of ['c', 'a', 'e', 'b', 'd']) await put(id)
    const pages: string[][] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const { json } = await api.call('GET', `/v1/room-name?limit=2${next && `&next=${next}`}`)
      const page = json as { entries: { id: string }[]; next?: string }
      pages.push(page.entries.map(({ id }) => id))
      next = page.next
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  it.each([
    ['PUT', path('one'), { note: 1 }],
    ['PUT', path('one'), {}],
    ['PUT', path('a%20b'), { note: '' }],
    ['GET', path('a,b'), undefined],
    ['GET', '/v1/room-name?limit=0', undefined],
    ['GET', '/v1/room-name?next=none', undefined],
  ])('refuses %s %s with %j', async (method, to, body) => {
    const { status, json } = await api.call(method, to, body)
    expect([status, codeOf(json)]).toEqual([400, 'REQUEST_INVALID'])
  })

  it('lets one of two who store at once in, and tells the other to try again', async () => {
    await put('one')
    const late = memoryApi({ roomName: { ...store, put: () => Promise.resolve(false) } })
    const { status, json } = await late.call('PUT', path('one'), { note: 'late' })
    expect([status, codeOf(json)]).toEqual([503, 'ROOM_NAME_RACE'])
    const entry = await store.entry('one')
    if (!entry) throw new Error('expected the entry')
    const after = { ...entry, revision: entry.revision + 1 }
    expect([await store.put(after), await store.put(after)]).toEqual([true, false])
    expect(await store.put({ ...entry, revision: 1 })).toBe(false)
  })
})

describe('messages of the queue', () => {
  it('are recorded where they say something new, and leave the note alone', async () => {
    await put('one')
    const became: string[] = []
    for (const seenAtMs of [2000, 1000, 2000, 3000])
      became.push(await recordSeen(message('one', seenAtMs), store))
    expect(became).toEqual(['recorded', 'known', 'known', 'recorded'])
    await put('one', 'another note')
    expect((await api.call('GET', path('one'))).json).toMatchObject({
      note: 'another note',
      seenAt: '1970-01-01T00:00:03.000Z',
    })
  })

  it('of an entry that is not there are forgotten, and make none', async () => {
    expect(await recordSeen(message('none', 1), store)).toBe('no entry')
    expect(await store.entry('none')).toBeUndefined()
  })

  it('come again where somebody else was quicker', async () => {
    await put('one')
    const quicker: Pick<RoomNameStore, 'entry' | 'put'> = {
      async entry(id) {
        const read = await store.entry(id)
        await put(id, 'quicker')
        return read
      },
      put: (entry) => store.put(entry),
    }
    await expect(recordSeen(message('one', 1), quicker)).rejects.toMatchObject({ code: 'ROOM_NAME_RACE' })
    expect(await recordSeen(message('one', 1), store)).toBe('recorded')
  })
})

describe('events of other rooms', () => {
  const ready = (assetId: string, sequence: string, version = 1): string => {
    const happening = { change: sequence, at: '2026-01-31T12:00:00.000Z', sequence }
    const event = eventOf(assetReady, happening, { assetId, revision: 1, timeline: `t${sequence}` })
    return onBus({ ...event, detail: { ...event.detail, version } })
  }

  it('have one effect each when they come three times, out of order and with one between that nobody knows', async () => {
    await put('one')
    const [first, second] = [ready('one', '001'), ready('one', '002')]
    const unknown = ready('one', '003', 2)
    const bodies = [second, first, unknown, second, ready('none', '001'), first, second, first]
    const became: string[] = []
    const { batchItemFailures } = await consumeQueue(queueEvent(bodies), {
      log: logOf({}, () => undefined),
      failure: 'failed',
      each: async ({ body }) => void became.push(await recordReady(body, store)),
    })
    expect(became).toEqual(['recorded', 'known', 'known', 'no entry', 'known', 'known', 'known'])
    // That one alone comes again, and ends among the dead letters.
    expect(batchItemFailures).toEqual([{ itemIdentifier: String(bodies.indexOf(unknown)) }])
    expect((await api.call('GET', path('one'))).json).toMatchObject({ note: 'a note', timeline: 't002' })
    expect(await store.entry('none')).toBeUndefined()
  })

  it('leave what was seen and noted as it is, which leaves them', async () => {
    await put('one')
    await recordReady(ready('one', '001'), store)
    await recordSeen(message('one', 1000), store)
    await put('one', 'another note')
    expect(await store.entry('one')).toMatchObject({ seenAtMs: 1000, timeline: 't001', note: 'another note' })
  })
})
