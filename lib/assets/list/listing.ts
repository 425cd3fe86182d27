/** Lists assets by their latest change, merged from the index partitions they are spread over. */

import type { StoredItem } from '../../platform/aws/signed-tables.ts'
import { assetKinds } from '../row.ts'

/** The key of the last item of the page before. */
export type PageKey = Readonly<Record<'pk' | 'sk' | 'kind' | 'updatedAt', string>>

/** Rows of one kind, latest first, read on demand. */
export interface Listing {
  /** The next row; undefined at the end. */
  peek(): Promise<StoredItem | undefined>
  take(): void
}

/** The attributes of a row that form a page key. */
export function pageKey(item: StoredItem): PageKey {
  const part = (name: string): string => String(item[name])
  return { pk: part('pk'), sk: part('sk'), kind: part('kind'), updatedAt: part('updatedAt') }
}

/** The next rows of all listings; rows with equal times are in the order of the listings. */
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

/** The rows to query: of a kind, up to a time, or after a row. */
export interface ListedRows {
  readonly kind: string
  readonly before?: { readonly updatedAt: string; readonly isIncluded: boolean }
  readonly behind?: StoredItem
}

/** Reads a page of them; `next` is undefined at the end. */
export type ReadListed = (
  rows: ListedRows,
) => Promise<{ readonly items: readonly StoredItem[]; readonly next?: StoredItem | undefined }>

/** The rows of a kind that follow a page, whatever kind its last row has. */
export function listing(read: ReadListed, kind: string, after: PageKey | undefined): Listing {
  // Rows with the same time as that row: those of kinds before its kind have been listed, those of later kinds have
  // not.
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
