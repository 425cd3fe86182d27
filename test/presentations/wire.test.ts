/** Presentations over the wire: the API and the regional reader against the local S3 and DynamoDB. */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { indexRows } from '../../lib/delivery/store.ts'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { programmeStore } from '../../lib/presentations/programmes/store.ts'
import { presentationStore } from '../../lib/presentations/store.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { createFaults, type Faults } from '../../local/faults/index.ts'
import { memoryApi } from '../api/parts.ts'
import { headOf } from '../channels/memory-room.ts'
import { timelineOf } from '../delivery/timelines.ts'
import { removeDirs, startS3, type TestS3 } from '../local/s3/harness.ts'
import { allow, scratch, serve } from '../local/serve.ts'
import { indexTable } from '../packaging/reading/tables.ts'

const table = 'index'
const mediaBucket = 'media'
const noon = Date.UTC(2026, 0, 31, 12)
/** `live/news` has begun. */
const live = {
  async head(id: string) {
    const head = headOf(['video-1', 'audio-2'], noon / 1000 - 7200)
    const codecs: Readonly<Record<string, string>> = { video: 'avc1.4d401e', audio: 'mp4a.40.2' }
    const tracks = head.tracks.map((one) => ({
      ...one,
      configs: [{ id: 'c', codec: codecs[one.type] ?? '' }],
    }))
    return id === 'live/news' ? { revision: 1, head: { ...head, tracks }, streams: {}, runs: [] } : undefined
  },
  refusal: async () => undefined,
  cues: async () => [],
  minutes: async () => [],
}
let s3: TestS3
let faults: Faults
let endpoint = ''
let api: ReturnType<typeof memoryApi>
const close: (() => Promise<void>)[] = []

beforeAll(async () => {
  s3 = await startS3()
  await s3.s3.createBucket({ name: mediaBucket })
  const directory = await scratch()
  faults = createFaults()
  const dynamoDb = await createDynamoDb({
    path: directory.path,
    authorize: allow,
    sweepEveryMs: false,
    faults,
  })
  await dynamoDb.createTable(table, indexTable)
  const served = await serve(dynamoDb)
  endpoint = served.endpoint
  close.push(
    () => s3.stop(),
    () => served.close(),
    () => dynamoDb.close(),
    () => directory.remove(),
    removeDirs,
  )
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', endpoint)
  for (const id of ['vod/film', 'vod/spot']) await publish(id)
  let clock = noon
  api = memoryApi({
    presentations: presentationStore({ table, mediaBucket }),
    programmes: programmeStore({ table }),
    live,
    now: () => (clock += 1000),
  })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

async function publish(id: string, more: object = {}): Promise<void> {
  const timeline = timelineOf(id)
  const { head, parts } = encodeTimeline(timeline)
  const prefix = timelinePrefix(id, timeline.version)
  for (const { name, text } of [...parts, { name: 'timeline.json', text: head }])
    await s3Client().send(new PutObjectCommand({ Bucket: mediaBucket, Key: prefix + name, Body: text }))
  const Item = { pk: id, sk: 'asset', version: timeline.version, ...more }
  await tableClient().send(new PutCommand({ TableName: table, Item }))
}

const clips = [
  { asset: 'film', to: 20 },
  { asset: 'spot', role: 'ad' },
  { asset: 'film', from: 20 },
]
const put = (id: string, list: unknown = clips) => api.call('PUT', `/v1/presentations/${id}`, { clips: list })
const codeOf = (json: unknown) => (json as { error?: { code: string } } | undefined)?.error?.code

describe('the API', () => {
  it('stores a presentation and says what became of its cuts', async () => {
    const { status, json } = await put('one')
    expect([status, json]).toMatchObject([
      200,
      {
        id: 'one',
        version: expect.stringMatching(/^[0-9a-f]{16}$/),
        durationSeconds: 120,
        protected: false,
        clips: [
          { asset: 'film', role: 'content', from: 0, to: 18, at: 0 },
          { asset: 'spot', role: 'ad', from: 0, to: 60, at: 18 },
          { asset: 'film', role: 'content', from: 18, to: 60, at: 78 },
        ],
        manifests: { hls: 'https://play.example/presentations/one/index.m3u8' },
        renditions: [
          { id: 'video-1', type: 'video', codec: 'avc1.64001f', absentIn: [] },
          { id: 'audio-2', type: 'audio', language: 'en', absentIn: [] },
        ],
      },
    ])
    expect((await api.call('GET', '/v1/presentations/one')).json).toEqual(json)
  })

  it('names the same contents by the same version, and others by another', async () => {
    const versionOf = async (list: unknown) => ((await put('same', list)).json as { version: string }).version
    const first = await versionOf(clips)
    expect(await versionOf(clips)).toBe(first)
    expect(await versionOf(clips.slice(0, 2))).not.toBe(first)
  })

  it('lists them page by page, latest change first, and takes them away', async () => {
    for (const id of ['p1', 'p2', 'p3']) await put(id)
    const pages: string[][] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const { json } = await api.call('GET', `/v1/presentations?limit=2${next && `&next=${next}`}`)
      const page = json as { presentations: { id: string }[]; next?: string }
      pages.push(page.presentations.map(({ id }) => id))
      next = page.next
    }
    expect(pages.flat().slice(0, 3)).toEqual(['p3', 'p2', 'p1'])
    expect((await api.call('DELETE', '/v1/presentations/p2')).status).toBe(204)
    expect(codeOf((await api.call('GET', '/v1/presentations/p2')).json)).toBe('PRESENTATION_NOT_FOUND')
    expect((await api.call('DELETE', '/v1/presentations/p2')).status).toBe(204)
  })

  it.each([
    ['no clips', [], 'REQUEST_INVALID'],
    ['a range that ends before it begins', [{ asset: 'film', from: 5, to: 5 }], 'REQUEST_INVALID'],
    ['too many clips', Array.from({ length: 257 }, () => ({ asset: 'film' })), 'REQUEST_INVALID'],
    ['a role nobody knows', [{ asset: 'film', role: 'song' }], 'REQUEST_INVALID'],
    ['an asset that is not there', [{ asset: 'none' }], 'ASSET_NOT_READY'],
    ['a range behind the end', [{ asset: 'film', from: 60 }], 'CLIP_RANGE'],
  ])('refuses %s', async (_, list, code) => {
    expect(codeOf((await put('refused', list)).json)).toBe(code)
    expect((await api.call('GET', '/v1/presentations/refused')).status).toBe(404)
  })

  it('lets one of two who store at once in, and tells the other to try again', async () => {
    const store = presentationStore({ table, mediaBucket })
    const row = await store.row('presentations/one')
    if (!row) throw new Error('expected the row')
    const next = { ...row, revision: row.revision + 1 }
    expect([await store.put(next), await store.put(next)]).toEqual([true, false])
    expect(await store.put({ ...row, revision: 1 })).toBe(false)
    const late = memoryApi({ presentations: { ...store, put: () => Promise.resolve(false) } })
    const { status, json } = await late.call('PUT', '/v1/presentations/one', { clips })
    expect([status, codeOf(json)]).toEqual([503, 'PRESENTATION_RACE'])
  })

  it('marks a presentation of protected assets before it shows it, and takes the mark with it', async () => {
    await publish('vod/kept', { protection: 'ab'.repeat(8) })
    expect((await put('marked', [{ asset: 'kept' }])).json).toMatchObject({ protected: true })
    expect(api.entries.get('p.presentations/marked')).toBe('1')
    expect((await put('marked', [{ asset: 'film' }])).json).toMatchObject({ protected: false })
    expect(api.entries.has('p.presentations/marked')).toBe(false)
    await put('marked', [{ asset: 'kept' }])
    await api.call('DELETE', '/v1/presentations/marked')
    expect(api.entries.has('p.presentations/marked')).toBe(false)
  })
})

describe('sessions and tokens', () => {
  it('of a presentation list its contents', async () => {
    await put('one')
    const session = await api.call('POST', '/v1/sessions', { content: 'presentations/one' })
    const { token, hls } = session.json as { token: string; hls: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { a: string }
    expect(claims).toMatchObject({ c: 'presentations/one', a: expect.stringMatching(/^[\w-]{24}$/) })
    expect(hls).toContain(`/s/${token}/presentations/one/index.m3u8`)
    const minted = await api.call('POST', '/v1/tokens', { content: 'presentations/one', account: 'anna' })
    const { token: jwt } = minted.json as { token: string }
    expect(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      content: 'presentations/one',
      contents: ['vod/film', 'vod/spot'],
    })
  })

  it('of one that is not there are refused', async () => {
    for (const path of ['/v1/sessions', '/v1/tokens']) {
      const { status, json } = await api.call('POST', path, {
        content: 'presentations/none',
        account: 'anna',
      })
      expect([status, codeOf(json)]).toEqual([404, 'PRESENTATION_NOT_FOUND'])
    }
  })
})

describe('programmes of a channel', () => {
  const at = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString()
  const path = (id = '', channel = 'news') => `/v1/channels/${channel}/programmes${id && `/${id}`}`
  const times = { from: at(-60), to: at(-30) }

  it('are stored with their films, and found again', async () => {
    const { status, json } = await api.call('PUT', path('evening'), {
      title: 'Evening news',
      ...times,
      from: '2026-01-31T12:00:00+01:00',
      breaks: 'replace',
      replacements: ['spot'],
    })
    expect([status, json]).toEqual([
      200,
      {
        id: 'evening',
        channel: 'news',
        title: 'Evening news',
        ...times,
        breaks: 'replace',
        replacements: ['spot'],
        state: 'over',
        content: 'presentations/news.evening',
        manifests: {
          hls: 'https://play.example/presentations/news.evening/index.m3u8',
          dash: 'https://play.example/presentations/news.evening/index.mpd',
        },
        playsUntil: expect.stringMatching(/^2026-02-0\dT11:00:00.000Z$/),
        changedAt: expect.stringMatching(/^2026-01-31T12:/),
      },
    ])
    expect((await api.call('GET', path('evening'))).json).toEqual(json)
    const film = await api.call('GET', '/v1/presentations/news.evening')
    expect(film.json).toMatchObject({
      durationSeconds: 1800,
      clips: [{ channel: 'news', breaks: 'replace', replacements: ['spot'] }],
    })
    const minted = await api.call('POST', '/v1/tokens', {
      content: 'presentations/news.evening',
      account: 'a',
    })
    const { token } = minted.json as { token: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object
    // Half a segment of the spot, which are the longest.
    const [from, to] = [noon / 1000 - 3600, noon / 1000 - 1800]
    expect(claims).toMatchObject({ spans: { 'live/news': [from - 3, to + 3] } })
  })

  it('that are said again are new versions of one film', async () => {
    const first = await api.call('GET', '/v1/presentations/news.evening')
    const { status, json } = await api.call('PUT', path('evening'), { from: times.from, to: at(90) })
    expect([status, json]).toMatchObject([200, { state: 'running', breaks: 'keep' }])
    expect(json).not.toHaveProperty('title')
    const second = await api.call('GET', '/v1/presentations/news.evening')
    expect(second.json).toMatchObject({ durationSeconds: 9000 })
    expect((second.json as { version: string }).version).not.toBe((first.json as { version: string }).version)
  })

  it('are listed page by page in the order they begin, channel by channel', async () => {
    for (const [id, minutes] of [
      ['c', 30],
      ['a', -20],
      ['b', 10],
    ] as const)
      expect((await api.call('PUT', path(id), { from: at(minutes), to: at(minutes + 10) })).status).toBe(200)
    const ids: string[] = []
    for (let next = ''; ; ) {
      const { json } = await api.call('GET', `${path()}?limit=2${next && `&next=${next}`}`)
      const page = json as { programmes: { id: string }[]; next?: string }
      ids.push(...page.programmes.map(({ id }) => id))
      if (page.next === undefined) break
      next = page.next
    }
    expect(ids).toEqual(['evening', 'a', 'b', 'c'])
    const some = await api.call('GET', `${path()}?from=${at(-20)}&to=${at(10)}`)
    expect(some.json).toMatchObject({ programmes: [{ id: 'a' }, { id: 'b', state: 'planned' }] })
    // A programme that moves is listed where it is now.
    await api.call('PUT', path('a'), { from: at(40), to: at(50) })
    const moved = await api.call('GET', path())
    expect(moved.json).toMatchObject({
      programmes: [{ id: 'evening' }, { id: 'b' }, { id: 'c' }, { id: 'a' }],
    })
    expect((await api.call('GET', path('', 'sport'))).json).toEqual({ programmes: [] })
    expect((await api.call('GET', '/v1/presentations?limit=100')).json).toMatchObject({
      presentations: expect.arrayContaining([expect.objectContaining({ id: 'news.a' })]),
    })
    for (const next of [
      'x',
      Buffer.from('{"id":"a.b","from":"2026-01-31T12:00:00.000Z"}').toString('base64url'),
    ])
      expect((await api.call('GET', `${path()}?next=${next}`)).status).toBe(400)
  })

  it('are taken away with their films, and may be so twice', async () => {
    for (const attempt of [1, 2])
      expect((await api.call('DELETE', path('b'))).status, `attempt ${attempt}`).toBe(204)
    expect(codeOf((await api.call('GET', path('b'))).json)).toBe('PROGRAMME_NOT_FOUND')
    expect(codeOf((await api.call('GET', '/v1/presentations/news.b')).json)).toBe('PRESENTATION_NOT_FOUND')
  })

  it.each([
    ['of a channel that has not begun', path('x', 'sport'), times, '409 ASSET_NOT_READY'],
    ['with a dot in its id', path('a.b'), times, '400 REQUEST_INVALID'],
    ['that ends before it begins', path('x'), { from: times.to, to: times.from }, '400 REQUEST_INVALID'],
    ['of more than two days', path('x'), { from: at(0), to: at(2881) }, '400 REQUEST_INVALID'],
    ['from before the window', path('x'), { from: at(-60 * 72), to: at(-60 * 71) }, '400 CLIP_RANGE'],
    [
      'with nothing in the place of breaks',
      path('x'),
      { ...times, breaks: 'replace' },
      '400 REQUEST_INVALID',
    ],
    [
      'with a spot that is not there',
      path('x'),
      { ...times, breaks: 'replace', replacements: ['none'] },
      '409 ASSET_NOT_READY',
    ],
  ])('%s are refused, and nothing is stored', async (_, where, body, want) => {
    const { status, json } = await api.call('PUT', where, body)
    expect(`${status} ${String(codeOf(json))}`).toBe(want)
    expect((await api.call('GET', path('x'))).status).toBe(404)
    expect((await api.call('GET', '/v1/presentations/news.x')).status).toBe(404)
  })

  it('hold what they are to keep, and no more when they say so or are taken away', async () => {
    const steps: unknown[] = []
    const note =
      (of: string) =>
      async (...said: readonly unknown[]): Promise<undefined> =>
        void steps.push([of, ...said])
    const keeping = memoryApi({
      presentations: presentationStore({ table, mediaBucket }),
      programmes: programmeStore({ table }),
      live,
      now: () => noon,
      keyHolds: { isHeld: async () => false, put: note('keys'), remove: note('no keys') },
      media: {
        holds: {
          ofHour: async () => [],
          put: note('media'),
          remove: async (...said) => (await note('no media')(...said)) ?? ['v'],
        },
        tell: note('tell'),
        now: () => noon,
      },
    })
    const [from, to] = [Date.parse(times.from), Date.parse(times.to)]
    const hour = from / 3_600_000
    const keepUntil = new Date(noon + 30 * 86_400_000).toISOString()
    const kept = await keeping.call('PUT', path('kept'), { ...times, keepUntil })
    expect([kept.status, kept.json]).toMatchObject([200, { keepUntil, playsUntil: keepUntil }])
    const hold = { id: 'programmes/kept', untilMs: Date.parse(keepUntil) }
    const version = expect.any(String) as unknown
    // Half a segment.
    const besideMs = 1000
    expect(steps.splice(0)).toEqual([
      ['keys', 'live/news', { ...hold, version, fromMs: from - besideMs, toMs: to + besideMs }],
      ['media', 'live/news', { ...hold, version, fromMs: from, toMs: to }],
      [
        'tell',
        { id: 'live/news', version, heldFrom: Math.floor(hour) - 1, heldTo: Math.floor(to / 3_600_000) },
      ],
    ])
    await keeping.call('PUT', path('kept'), times)
    expect(steps.splice(0).map((step) => (step as readonly unknown[])[0])).toEqual([
      'no keys',
      'no media',
      'tell',
    ])
    await keeping.call('DELETE', path('kept'))
    expect(steps).toEqual([])
    await keeping.call('PUT', path('kept'), { ...times, keepUntil })
    steps.splice(0)
    await keeping.call('DELETE', path('kept'))
    expect(steps.map((step) => (step as readonly unknown[])[0])).toEqual(['no keys', 'no media', 'tell'])
    const forEver = { ...times, keepUntil: '2040-01-01T00:00:00Z' }
    expect((await keeping.call('PUT', path('kept'), forEver)).status).toBe(400)
  })

  it('stored by two at once are those of one of them, and the other is told', async () => {
    const store = programmeStore({ table })
    const late = memoryApi({
      presentations: presentationStore({ table, mediaBucket }),
      programmes: { ...store, putProgramme: () => Promise.resolve(false) },
      live,
      now: () => noon,
    })
    const { status, json } = await late.call('PUT', path('evening'), times)
    expect([status, codeOf(json)]).toEqual([503, 'PRESENTATION_RACE'])
    const row = await store.programme('news', 'evening')
    expect(row && (await store.putProgramme(row))).toBe(false)
  })
})

describe('rows of the index, read for manifests', () => {
  const rows = () =>
    indexRows({
      mediaBucket,
      indexTable: table,
      region: 'us-east-1',
      credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      now: Date.now,
      endpoint,
      pauses: { random: () => 0.5, sleep: () => Promise.resolve() },
    })

  it('come whole, however many there are, and what is not there is left out', async () => {
    const ids = ['vod/film', ...Array.from({ length: 150 }, (_, i) => `vod/none-${i}`), 'vod/spot']
    expect([...(await rows()(ids)).keys()]).toEqual(['vod/film', 'vod/spot'])
  })

  it('are asked for again where DynamoDB gave a part, and an error where it never gives the rest', async () => {
    faults.add({ service: 'dynamodb', resource: table, key: 'vod/spot', kind: 'throttle', times: 1 })
    expect([...(await rows()(['vod/film', 'vod/spot'])).keys()]).toEqual(['vod/film', 'vod/spot'])
    faults.add({ service: 'dynamodb', resource: table, key: 'vod/spot', kind: 'throttle' })
    await expect(rows()(['vod/film', 'vod/spot'])).rejects.toMatchObject({
      code: 'DELIVERY_BUSY',
      status: 503,
    })
    faults.remove()
  })
})
