/** Reads a page of the list of assets: with or without a search, by latest change or by title. */
import { z } from '@hono/zod-openapi'
import { parseNext } from '../../platform/http/page-key.ts'
import { contentSort } from '../published/index.ts'
import { assetKinds } from '../row.ts'
import type { PageKey } from './listing.ts'
import { byTitle, isWanted, maxRead, type TitlePlace, titlePlace } from './search.ts'
import type { AssetFinder, AssetList } from './store.ts'

/** The parameters of the list. */
export interface PageQuery {
  readonly limit: number
  readonly next?: string | undefined
  readonly q?: string | undefined
  readonly state?: string | undefined
  readonly sort: 'updated' | 'title'
}

/** Items, the start of the next page, and the extent of a search. */
export interface ListPage {
  readonly items: readonly unknown[]
  readonly next?: object | undefined
  readonly searched?: { readonly assets: number; readonly isAll: boolean }
}

/** Reads a page; throws REQUEST_INVALID for a `next` that was not issued for such a list. */
export async function pageOf(
  { assets, finder }: { readonly assets: Pick<AssetList, 'assets'>; readonly finder: AssetFinder },
  { limit, next, q: words, state, sort }: PageQuery,
): Promise<ListPage> {
  const wanted = isWanted({ words, state })
  if (sort === 'title') {
    const after = next === undefined ? undefined : parseNext(next, readTitlePlace)
    const found = await finder.found({ isWanted: wanted, limit: maxRead })
    const behind = found.items
      .filter((item) => after === undefined || byTitle(titlePlace(item), after) > 0)
      .toSorted((a, b) => byTitle(titlePlace(a), titlePlace(b)))
    const page = behind.slice(0, limit)
    const last = page.at(-1)
    return {
      items: await finder.withSteps(page),
      ...(behind.length > page.length && last && { next: titlePlace(last) }),
      searched: { assets: found.read, isAll: found.last === undefined },
    }
  }
  const after = next === undefined ? undefined : parseNext(next, readPageKey)
  if (words === undefined && state === undefined) {
    const { items, last } = await assets.assets({ limit, ...(after && { after }) })
    return { items, next: last }
  }
  const found = await finder.found({ isWanted: wanted, limit, after })
  return {
    items: await finder.withSteps(found.items),
    next: found.last,
    searched: { assets: found.read, isAll: found.last === undefined },
  }
}

const nextSchema = z.object({
  pk: z.string().startsWith('vod/').max(256),
  sk: z.literal(contentSort),
  kind: z.enum(assetKinds),
  updatedAt: z.string().min(1).max(64),
})

const readPageKey = (value: unknown): PageKey | undefined => nextSchema.safeParse(value).data

const titlePlaceSchema = z.strictObject({
  title: z.string().max(1000),
  pk: z.string().startsWith('vod/').max(256),
})

const readTitlePlace = (value: unknown): TitlePlace | undefined => titlePlaceSchema.safeParse(value).data
