import { describe, expect, it } from 'vitest'
import type { Asset, AssetPage } from '../../lib/assets/api/schemas.ts'
import { parseRoute } from '../../web/src/address.ts'
import type { Api } from '../../web/src/api.ts'
import { type ListQuery, parseListQuery, printListQuery } from '../../web/src/assets/list-query.ts'
import { ListReader } from '../../web/src/assets/list-reader.ts'

describe('the address of a list', () => {
  it.each<readonly [string, ListQuery]>([
    ['', {}],
    ['?q=bunny&state=failed&sort=title', { q: 'bunny', state: 'failed', sort: 'title' }],
    ['?q=+a%26b%3D%23+', { q: 'a&b=#' }],
    ['?state=no-such&sort=updated&other=1', {}],
  ])('%s is read', (search, query) => {
    expect(parseListQuery(search)).toEqual(query)
    expect(parseListQuery(printListQuery(query))).toEqual(query)
  })

  it('is a list, with or without a query, and an asset stays an asset', () => {
    expect(parseRoute('#/?q=a%2Fb')).toEqual({ view: 'assets', query: { q: 'a/b' } })
    expect(parseRoute('#/assets?state=ready')).toEqual({ view: 'assets', query: { state: 'ready' } })
    expect(parseRoute('#/assets/film')).toEqual({ view: 'asset', assetId: 'film' })
    expect(parseRoute('#/films?q=x').view).toBe('unknown')
  })
})

/** An API whose answers come when the test says so. */
function stage() {
  const asked: { readonly what: unknown; readonly answer: (page: AssetPage | Error) => void }[] = []
  const assets: Api['assets'] = (what) =>
    new Promise((resolve, reject) => {
      const answer = (page: AssetPage | Error) => (page instanceof Error ? reject(page) : resolve(page))
      asked.push({ what, answer })
    })
  return { asked, reader: new ListReader({ assets }, {}, () => undefined) }
}

const page = (ids: string, next?: string): AssetPage => ({
  assets: ids.split(' ').map((id) => ({ id }) as Asset),
  ...(next !== undefined && { next }),
})
const idsOf = ({ state }: ListReader) => state.assets?.map(({ id }) => id).join(' ')

describe('a list that is read', () => {
  it('never shows the late answer to a query that was replaced', async () => {
    const { asked, reader } = stage()
    const first = reader.ask({ q: 'a' })
    const second = reader.ask({ q: 'ab' })
    expect(asked.map(({ what }) => what)).toEqual([{ q: 'a' }, { q: 'ab' }])
    asked[1]?.answer(page('abba'))
    await second
    asked[0]?.answer(page('a late answer'))
    await first
    expect(idsOf(reader)).toBe('abba')
    expect(reader.state.isStale).toBe(false)
  })

  it('keeps what it shows until the next query is answered, and says that it is of the one before', async () => {
    const { asked, reader } = stage()
    const first = reader.refresh()
    asked[0]?.answer(page('a b'))
    await first
    const second = reader.ask({ state: 'failed' })
    expect([idsOf(reader), reader.state.isStale]).toEqual(['a b', true])
    asked[1]?.answer(new Error('no'))
    await second
    expect([idsOf(reader), reader.state.error?.message]).toEqual(['a b', 'Error: no'])
  })

  it('reads on page by page, and all of them again; what moved meanwhile stands once', async () => {
    const { asked, reader } = stage()
    const first = reader.refresh()
    asked[0]?.answer(page('a b', 'n1'))
    await first
    const more = reader.more()
    expect(asked[1]?.what).toEqual({ next: 'n1' })
    asked[1]?.answer(page('b c'))
    await more
    expect([idsOf(reader), reader.state.hasMore]).toEqual(['a b c', false])
    const again = reader.refresh()
    asked[2]?.answer(page('c a', 'n2'))
    await expect.poll(() => asked.length).toBe(4)
    asked[3]?.answer(page('b'))
    await again
    expect(idsOf(reader)).toBe('c a b')
  })

  it('asks for no second answer while one is under way', () => {
    const { asked, reader } = stage()
    void reader.refresh()
    void reader.refresh()
    expect(asked).toHaveLength(1)
  })
})
