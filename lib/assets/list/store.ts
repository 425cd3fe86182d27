/** Assets as they are listed and looked at: their rows with how far they are, and timelines in the media bucket. */

import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '../../platform/aws/batch-get.ts'
import { s3Client, tableClient } from '../../platform/aws/clients.ts'
import { textIfAny } from '../../platform/aws/objects.ts'
import { type StoredItem, signedTables } from '../../platform/aws/signed-tables.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { contentSort } from '../published/index.ts'
import { assetKey, assetKinds, assetOfContent, byKind, progressKey, progressSort } from '../row.ts'
import { type ListedRows, type Listing, listing, newestFirst, type PageKey, pageKey } from './listing.ts'
import { type FoundPage, type SearchBounds, search } from './search.ts'

/** What the asset routes need; items come as they are stored and are read by `record.ts`. */
export interface AssetList {
  /** The item of one asset; undefined where no upload of it was seen. */
  asset(assetId: AssetId): Promise<unknown>
  /** Items of assets, latest change first. */
  assets(page: {
    readonly limit: number
    readonly after?: PageKey | undefined
  }): Promise<{ readonly items: readonly unknown[]; readonly last?: PageKey }>
  /** Text of an object in the media bucket; undefined where there is none. */
  object(key: string): Promise<string | undefined>
}

/** What searching needs. */
export interface AssetFinder {
  /** Items that are wanted, latest change first, of a bounded number that is read. */
  found(page: SearchBounds & { readonly after?: PageKey | undefined }): Promise<FoundPage>
  /** The same items with how far each is. */
  withSteps(items: readonly StoredItem[]): Promise<readonly StoredItem[]>
}

/** Rows of a kind that a search reads at once. */
const rowsAQuery = 100

/** The index table and the media bucket. */
export function assetList({
  table,
  mediaBucket,
}: {
  readonly table: string
  readonly mediaBucket: string
}): AssetList & AssetFinder {
  const index = tableClient()
  const tables = signedTables()
  const s3 = s3Client()
  const listed = async ({ kind, before, behind }: ListedRows, limit: number) => {
    const bound = before ? ` AND updatedAt ${before.isIncluded ? '<=' : '<'} :before` : ''
    const { Items: items = [], LastEvaluatedKey: next } = await index.send(
      new QueryCommand({
        TableName: table,
        IndexName: byKind,
        KeyConditionExpression: `kind = :kind${bound}`,
        ExpressionAttributeValues: { ':kind': kind, ...(before && { ':before': before.updatedAt }) },
        ScanIndexForward: false,
        Limit: limit,
        ...(behind && { ExclusiveStartKey: behind }),
      }),
    )
    return { items, next }
  }
  const listingsOf = (rows: number, after: PageKey | undefined): Listing[] =>
    assetKinds.map((kind) => listing((asked) => listed(asked, rows), kind, after))
  const withSteps = async (items: readonly StoredItem[]): Promise<readonly StoredItem[]> => {
    const working = items.filter(({ state }) => state === 'indexing')
    const keys = working.map(({ pk }) => progressKey(assetOfContent(String(pk))))
    const steps = await batchGet(tables, { table, keys, isConsistent: false })
    return items.map((item) => withProgress(item, steps))
  }
  return {
    async asset(assetId) {
      const keys = [assetKey(assetId), progressKey(assetId)]
      const rows = await batchGet(tables, { table, keys, isConsistent: false })
      const item = rows.find(({ sk }) => sk === contentSort)
      return item && withProgress(item, rows)
    },
    async assets({ limit, after }) {
      const { items, isLast } = await newestFirst(listingsOf(Math.ceil(limit / 4), after), limit)
      const last = items.at(-1)
      return { items: await withSteps(items), ...(!isLast && last && { last: pageKey(last) }) }
    },
    found: ({ after, ...bounds }) => search(listingsOf(rowsAQuery, after), bounds),
    withSteps,
    object: (key) => textIfAny(s3, { bucket: mediaBucket, key }),
  }
}

/** An asset's row with how far it is: a row of progress that is of earlier sources says nothing any more. */
function withProgress(item: StoredItem, rows: readonly StoredItem[]): StoredItem {
  const step = rows.find(({ pk, sk, revision }) => {
    return pk === item['pk'] && sk === progressSort && revision === item['revision']
  })
  return step && item['state'] === 'indexing' ? { ...item, progress: step['progress'] } : item
}
