/** Assets by their latest change, merged of the partitions of the index they are spread over. */
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { assetKinds } from '../../packaging/index.ts'
import type { StoredItem } from '../../platform/batch-get.ts'

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

/** What a listing reads. */
export interface ListingOf {
  readonly table: string
  readonly kind: string
  /** Rows a query gives. */
  readonly pageItems: number
  /** Last of the page before, of whichever kind, */
  readonly after?: PageKey
  /** and this kind's place among all. */
  readonly order?: number
}

/** The rows of a kind behind a page. */
export function listing(
  client: DynamoDBDocumentClient,
  { table, kind, pageItems, after, order = 0 }: ListingOf,
): Listing {
  // Of the kinds before the last one's all rows of its time were given, of those behind none.
  const place = after && Math.sign(order - assetKinds.indexOf(after.kind))
  const bound = place === undefined || place === 0 ? '' : ` AND updatedAt ${place < 0 ? '<' : '<='} :before`
  let start: Record<string, unknown> | undefined = place === 0 ? after : undefined
  let rows: StoredItem[] = []
  let isRead = false
  const read = async (): Promise<void> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'byKind',
        KeyConditionExpression: `kind = :kind${bound}`,
        ExpressionAttributeValues: { ':kind': kind, ...(bound && { ':before': after?.updatedAt }) },
        ScanIndexForward: false,
        Limit: pageItems,
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    rows = Items
    start = LastEvaluatedKey
    isRead = start === undefined
  }
  const peek = async (): Promise<StoredItem | undefined> => {
    if (rows.length > 0 || isRead) return rows[0]
    await read()
    return peek()
  }
  return {
    peek,
    take() {
      rows = rows.slice(1)
    },
  }
}
