/** How far one answer reads to find assets, and where the next one goes on. */
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../lib/assets/list/listing.ts'
import { isWanted, maxRead, search } from '../../lib/assets/list/search.ts'
import type { StoredItem } from '../../lib/platform/aws/signed-tables.ts'

const row = (i: number): StoredItem => ({
  pk: `vod/film-${i}`,
  sk: 'asset',
  kind: 'asset#0',
  updatedAt: new Date(Date.UTC(2026, 0, 1) - i * 1000).toISOString(),
  title: i === 2500 ? 'The One' : `Film ${i}`,
})

/** A list of rows from a place on, and how many of them were taken. */
function listed(count: number, from = 0) {
  let at = from
  const listing: Listing = {
    peek: () => Promise.resolve(at < count ? row(at) : undefined),
    take: () => void at++,
  }
  return { listing, taken: () => at - from }
}

describe('a search', () => {
  it('reads no more than it may, says so, and finds in the next answer what lies behind', async () => {
    const first = listed(3000)
    const page = await search([first.listing], { isWanted: isWanted({ words: 'the one' }), limit: 10 })
    expect(page).toMatchObject({ items: [], read: maxRead, last: { pk: `vod/film-${maxRead - 1}` } })
    expect(first.taken()).toBe(maxRead)
    const second = await search([listed(3000, maxRead).listing], {
      isWanted: isWanted({ words: 'the one' }),
      limit: 10,
    })
    expect(second.items).toMatchObject([{ title: 'The One' }])
    expect(second).toMatchObject({ read: 1000 })
    expect(second.last).toBeUndefined()
  })

  it('stops at a full page, at the row it found last, and says nothing follows where nothing does', async () => {
    const all = isWanted({})
    const full = await search([listed(30).listing], { isWanted: all, limit: 20 })
    expect(full).toMatchObject({ read: 20, last: { pk: 'vod/film-19' } })
    const whole = await search([listed(20).listing], { isWanted: all, limit: 20 })
    expect([whole.read, whole.items.length, whole.last]).toEqual([20, 20, undefined])
    expect(await search([listed(0).listing], { isWanted: all, limit: 20 })).toEqual({ items: [], read: 0 })
  })

  it.each([
    [{ words: 'FILM' }, true],
    [{ words: 'given' }, true],
    [{ words: 'stated' }, false],
    [{ state: 'failed' }, true],
    [{ state: 'ready' }, false],
    [{ words: 'given', state: 'ready' }, false],
  ])('for %j goes by id, the title people see, and state: %s', (asked, isFound) => {
    const item = { pk: 'vod/film', title: 'Stated', givenTitle: 'Given', state: 'failed' }
    expect(isWanted(asked)(item)).toBe(isFound)
  })
})
