/** Which rows of a list are wanted, and how far one answer reads to find them. */
import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { assetOfContent } from '../row.ts'
import { type Listing, newestFirst, type PageKey, pageKey } from './listing.ts'

/** What of assets is looked for. */
export interface AssetSearch {
  /** Part of its id or title, in letters of either case. */
  readonly words?: string | undefined
  readonly state?: string | undefined
}

/** A page of what was found: `read` rows were looked at, and all that were to be looked at where there is no `last`. */
export interface FoundPage {
  readonly items: readonly StoredItem[]
  readonly read: number
  readonly last?: PageKey
}

/** Rows looked at for one answer: some megabytes of them. */
export const maxRead = 2000
/** Rows taken from the listings at once. */
const rowsAtOnce = 100

/** What people call an asset: what they named it, else what its asset.json says, else its id. */
function shownTitle({ pk, givenTitle, title }: StoredItem): string {
  if (typeof givenTitle === 'string') return givenTitle
  return typeof title === 'string' ? title : assetOfContent(String(pk))
}

/** Whether a row is looked for. */
export function isWanted({ words, state }: AssetSearch): (item: StoredItem) => boolean {
  const part = words?.toLowerCase()
  return (item) =>
    (state === undefined || item['state'] === state) &&
    (part === undefined ||
      assetOfContent(String(item['pk'])).toLowerCase().includes(part) ||
      shownTitle(item).toLowerCase().includes(part))
}

/** Up to `limit` rows that are wanted, of the next `most` of all listings. */
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

/** How far a search goes. */
export interface SearchBounds {
  readonly isWanted: (item: StoredItem) => boolean
  readonly limit: number
  /** @default {@link maxRead} */
  readonly most?: number
}

/** Where a list by title goes on. */
export interface TitlePlace {
  readonly title: string
  readonly pk: string
}

/** The place of a row in a list by title: alike titles by id. */
export const titlePlace = (item: StoredItem): TitlePlace => ({
  title: shownTitle(item).toLowerCase(),
  pk: String(item['pk']),
})

/** The order of places, by code units, which is the same wherever it is asked. */
export const byTitle = (a: TitlePlace, b: TitlePlace): number =>
  a.title === b.title ? compare(a.pk, b.pk) : compare(a.title, b.title)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
