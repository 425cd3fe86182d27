/** Searches lists of rows, with a bound on the rows read for one answer. */
import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { assetOfContent } from '../row.ts'
import { type Listing, newestFirst, type PageKey, pageKey } from './listing.ts'

/** The search criteria. */
export interface AssetSearch {
  /** A part of the id or title, case-insensitive. */
  readonly words?: string | undefined
  readonly state?: string | undefined
}

/** A page of results: `read` rows were examined; without `last`, there are no more to examine. */
export interface FoundPage {
  readonly items: readonly StoredItem[]
  readonly read: number
  readonly last?: PageKey
}

/** The number of rows examined for one answer: some megabytes. */
export const maxRead = 2000
/** The number of rows taken from the listings at a time. */
const rowsAtOnce = 100

/** The displayed title of an asset: the operator's, else that of its asset.json, else its id. */
function shownTitle({ pk, givenTitle, title }: StoredItem): string {
  if (typeof givenTitle === 'string') return givenTitle
  return typeof title === 'string' ? title : assetOfContent(String(pk))
}

/** The filter of a search. */
export function isWanted({ words, state }: AssetSearch): (item: StoredItem) => boolean {
  const part = words?.toLowerCase()
  return (item) =>
    (state === undefined || item['state'] === state) &&
    (part === undefined ||
      assetOfContent(String(item['pk'])).toLowerCase().includes(part) ||
      shownTitle(item).toLowerCase().includes(part))
}

/** Up to `limit` matching rows among the next `most` of all listings. */
export async function search(
  listings: readonly Listing[],
  { isWanted: wanted, limit, most = maxRead }: SearchBounds,
): Promise<FoundPage> {
  const items: StoredItem[] = []
  let read = 0
  let looked: StoredItem | undefined
  for (;;) {
    const page = await newestFirst(listings, Math.min(rowsAtOnce, most - read))
    for (const [i, item] of page.items.entries()) {
      read++
      looked = item
      if (wanted(item)) items.push(item)
      const isEnd = page.isLast && i === page.items.length - 1
      if (items.length === limit || read === most)
        return { items, read, ...(!isEnd && { last: pageKey(looked) }) }
    }
    if (page.isLast) return { items, read }
  }
}

/** The bounds of a search. */
export interface SearchBounds {
  readonly isWanted: (item: StoredItem) => boolean
  readonly limit: number
  /** @default {@link maxRead} */
  readonly most?: number
}

/** A position in a list by title. */
export interface TitlePlace {
  readonly title: string
  readonly pk: string
}

/** The position of a row in a list by title: equal titles are ordered by id. */
export const titlePlace = (item: StoredItem): TitlePlace => ({
  title: shownTitle(item).toLowerCase(),
  pk: String(item['pk']),
})

/** Orders positions by code units, which does not depend on the locale. */
export const byTitle = (a: TitlePlace, b: TitlePlace): number =>
  a.title === b.title ? compare(a.pk, b.pk) : compare(a.title, b.title)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
