/** What operators do with assets by the API: name them, have them indexed again, find them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDirs } from '../local/s3/harness.ts'
import { makeFilm } from '../packaging/films/make-film.ts'
import { openLibrary } from './library.ts'

let library: Awaited<ReturnType<typeof openLibrary>>
let call: ReturnType<typeof library.api>
beforeAll(async () => {
  library = await openLibrary()
  call = library.api()
})
afterAll(async () => {
  await library.close()
  await removeDirs()
})

const film = makeFilm([
  {
    type: 'video',
    timescale: 12_800,
    samples: Array.from({ length: 150 }, (_, i) => ({ size: 500, duration: 512, sync: i % 50 === 0 })),
  },
])

interface Shown {
  readonly id: string
  readonly title?: string
  readonly version?: string
  readonly versions: readonly { readonly version: string }[]
}

const get = async (id: string): Promise<Shown> => (await call('GET', `/v1/assets/${id}`)).json as Shown
const versionOf = async (id: string): Promise<unknown> => (await library.cloud.item(id))?.['version']

async function uploaded(id: string): Promise<void> {
  expect(await library.ingest([await library.cloud.put(`vod/${id}.mp4`, film)])).toBe(0)
}

describe('an asset', () => {
  it('says what it was made of, and which versions there are', async () => {
    await uploaded('made')
    expect((await call('GET', '/v1/assets/made')).json).toMatchObject({
      files: [{ key: 'vod/made.mp4', bytes: film.length, uploadedAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
      versions: [{ version: await versionOf('made'), storedAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
    })
  })

  it('has the title that it was given, through uploads and indexing, until that is taken away', async () => {
    await uploaded('named')
    expect((await call('PATCH', '/v1/assets/named', { title: 'Der Film' })).json).toMatchObject({
      title: 'Der Film',
    })
    await uploaded('named')
    const commit = JSON.stringify({ title: 'As it was cut', files: ['one.mp4'] })
    const messages = [
      await library.cloud.put('vod/named/one.mp4', film),
      await library.cloud.put('vod/named/asset.json', commit),
    ]
    expect(await library.ingest(messages)).toBe(0)
    expect(await get('named')).toMatchObject({ title: 'Der Film' })
    expect((await call('PATCH', '/v1/assets/named', { title: null })).json).toMatchObject({
      title: 'As it was cut',
    })
  })

  it.each([{}, { title: '' }, { title: 'two\nlines' }, { title: 'x'.repeat(501) }])(
    'is not named %j',
    async (body) => {
      expect((await call('PATCH', '/v1/assets/named', body)).status).toBe(400)
    },
  )

  it('that nobody uploaded is not named, nor indexed again', async () => {
    expect((await call('PATCH', '/v1/assets/none', { title: 'x' })).status).toBe(404)
    expect((await call('POST', '/v1/assets/none/ingest')).status).toBe(404)
    expect(await library.cloud.item('none')).toBeUndefined()
  })

  it('that is indexed again is one new version, however often it is told, and the one before still plays', async () => {
    await uploaded('twice')
    const first = await versionOf('twice')
    expect((await call('POST', '/v1/assets/twice/ingest')).status).toBe(202)
    const told = await library.told(3)
    expect(told).toHaveLength(3)
    expect(await library.ingest(told)).toBe(0)
    const second = await versionOf('twice')
    expect(second).not.toBe(first)
    library.clock.nowMs += 1000
    await call('POST', '/v1/assets/twice/ingest')
    expect(await library.ingest([...(await library.told()), ...told])).toBe(0)
    const third = await versionOf('twice')
    expect(new Set([first, second, third]).size).toBe(3)
    const { versions } = await get('twice')
    expect(versions.map(({ version }) => version).toSorted()).toEqual(
      [first, second, third].map(String).toSorted(),
    )
  })

  it('of several files, committed, is indexed again as it was committed', async () => {
    const messages = [
      await library.cloud.put('vod/cut/one.mp4', film),
      await library.cloud.put('vod/cut/asset.json', JSON.stringify({ files: ['one.mp4'] })),
    ]
    expect(await library.ingest(messages)).toBe(0)
    const first = await versionOf('cut')
    await call('POST', '/v1/assets/cut/ingest')
    expect(await library.ingest(await library.told())).toBe(0)
    expect(await library.cloud.item('cut')).toMatchObject({ state: 'ready' })
    expect(await versionOf('cut')).not.toBe(first)
  })

  it('whose upload was refused is refused again', async () => {
    await library.ingest([await library.cloud.put('vod/nicht so.mp4', 'x')])
    const { json } = await call('GET', '/v1/assets?q=nicht')
    const [{ id } = { id: '' }] = (json as { assets: Shown[] }).assets
    await call('POST', `/v1/assets/${id}/ingest`)
    expect(await library.ingest(await library.told())).toBe(0)
    expect(await library.cloud.item(id)).toMatchObject({ state: 'failed', error: { code: 'ASSET_ID' } })
  })
})

describe('a list of assets', () => {
  interface Page {
    readonly assets: readonly Shown[]
    readonly next?: string
    readonly searched?: { readonly assets: number; readonly isAll: boolean }
  }
  const page = async (query: string): Promise<Page> => (await call('GET', `/v1/assets?${query}`)).json as Page
  /** All pages' ids, and how many pages there were. */
  const all = async (query: string) => {
    const ids: string[] = []
    let pages = 0
    let next: string | undefined
    do {
      const one = await page(query + (next === undefined ? '' : `&next=${next}`))
      ids.push(...one.assets.map(({ id }) => id))
      next = one.next
      pages++
    } while (next !== undefined)
    return { ids, pages }
  }

  beforeAll(async () => {
    const row = (id: string, more: object) => ({
      pk: `vod/${id}`,
      sk: 'asset',
      kind: 'asset#0',
      state: 'ready',
      revision: 1,
      sources: {},
      updatedAt: '2026-02-01T00:00:00.000Z',
      ...more,
    })
    for (let i = 0; i < 250; i++)
      await library.cloud.putItem(
        row(`many-${String(i).padStart(3, '0')}`, {
          kind: `asset#${i % 8}`,
          title: `Folge ${250 - i}`,
          state: i % 50 === 0 ? 'failed' : 'ready',
          updatedAt: new Date(Date.UTC(2026, 1, 1) + i * 1000).toISOString(),
        }),
      )
  })

  it('is searched by part of an id or a title, in either case, each found once', async () => {
    expect((await all('q=MANY-&limit=30')).ids.toSorted()).toHaveLength(250)
    const found = await all('q=folge%2025&limit=3')
    expect(found.ids.toSorted()).toEqual(['many-000', 'many-225'])
    expect((await page('q=many-007')).assets).toMatchObject([{ id: 'many-007', title: 'Folge 243' }])
    expect((await page('q=nothing-like-it')).searched).toMatchObject({ isAll: true })
  })

  it('is of one state, and goes on where it stopped', async () => {
    const { ids, pages } = await all('q=many-&state=failed&limit=2')
    expect(ids).toEqual(['many-200', 'many-150', 'many-100', 'many-050', 'many-000'])
    expect(pages).toBeGreaterThan(2)
  })

  it('is sorted by title, where there is none by id, page by page', async () => {
    const { ids } = await all('q=many-00&sort=title&limit=3')
    expect(ids).toEqual([
      'many-009',
      'many-008',
      'many-007',
      'many-006',
      'many-005',
      'many-004',
      'many-003',
      'many-002',
      'many-001',
      'many-000',
    ])
    expect((await page('sort=title&limit=1')).searched).toMatchObject({ isAll: true })
  })

  it('takes no place that another list gave', async () => {
    const { next } = await page('sort=title&limit=1')
    expect((await call('GET', `/v1/assets?next=${next}`)).status).toBe(400)
    const { next: updated } = await page('limit=1')
    expect((await call('GET', `/v1/assets?sort=title&next=${updated}`)).status).toBe(400)
  })
})
