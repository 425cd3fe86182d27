/** Assets by their latest change, merged of the partitions of the index they are spread over. */

import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { assetKinds } from '../row.ts'

/** Where the next page of a list starts: the key of the last item of the one before. */
export type PageKey = Readonly<Record<'pk' | 'sk' | 'kind' | 'updatedAt', string>>

/** Rows of one kind, latest first, read as they are asked for. */
export interface Listing {
  /** The next one; undefined at the end. */
  peek(): Promise<StoredItem | undefined>
  take(): void
}

/** The part of a row a page is named by. */
export function pageKey(item: StoredItem): PageKey {
  const part = (name: string): string => String(item[name])
  return { pk: part('pk'), sk: part('sk'), kind: part('kind'), updatedAt: part('updatedAt') }
}

/** The next rows of all listings; rows of one time come in the order of the listings. */
export async function newestFirst(
  listings: readonly Listing[],
  limit: number,
): Promise<{ readonly items: readonly StoredItem[]; readonly isLast: boolean }> {
  const items: StoredItem[] = []
  for (;;) {
    const heads = await Promise.all(listings.map((one) => one.peek()))
    let newest = -1
    for (const [i, head] of heads.entries())
      if (head && (newest < 0 || String(head['updatedAt']) > String(heads[newest]?.['updatedAt']))) newest = i
    const item = heads[newest]
    if (item === undefined || items.length === limit) return { items, isLast: item === undefined }
    items.push(item)
    listings[newest]?.take()
  }
}

/** The rows a query asks for: of a kind, up to a time, or behind a row. */
export interface ListedRows {
  readonly kind: string
  readonly before?: { readonly updatedAt: string; readonly isIncluded: boolean }
  readonly behind?: StoredItem
}

/** A page of them, and where the next one starts; undefined at the end. */
export type ReadListed = (
  rows: ListedRows,
) => Promise<{ readonly items: readonly StoredItem[]; readonly next?: StoredItem | undefined }>

/** The rows of a kind behind a page whose last row was of whichever kind. */
export function listing(read: ReadListed, kind: string, after: PageKey | undefined): Listing {
  // Of the kinds before that row's all rows of its time were given, of those behind none.
  const place = after && Math.sign(assetKinds.indexOf(kind) - assetKinds.indexOf(after.kind))
  const asked: ListedRows = {
    kind,
    ...(after && place && { before: { updatedAt: after.updatedAt, isIncluded: place > 0 } }),
  }
  let behind: StoredItem | undefined = place === 0 ? after : undefined
  let rows: readonly StoredItem[] = []
  let isRead = false
  const peek = async (): Promise<StoredItem | undefined> => {
    if (rows.length > 0 || isRead) return rows[0]
    const { items, next } = await read({ ...asked, ...(behind && { behind }) })
    rows = items
    behind = next
    isRead = next === undefined
    return peek()
  }
  return {
    peek,
    take() {
      rows = rows.slice(1)
    },
  }
}
