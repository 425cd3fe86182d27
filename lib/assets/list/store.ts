/** Reads assets for lists and views: their rows with progress, and timelines in the media bucket. */

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

/** The store behind the asset routes; items are as stored and are parsed by `record.ts`. */
export interface AssetList {
  /** The row of an asset; undefined if it has had no upload. */
  asset(assetId: AssetId): Promise<unknown>
  /** Rows of assets, latest change first. */
  assets(page: {
    readonly limit: number
    readonly after?: PageKey | undefined
  }): Promise<{ readonly items: readonly unknown[]; readonly last?: PageKey }>
  /** The text of an object in the media bucket; undefined if there is none. */
  object(key: string): Promise<string | undefined>
}

/** The store behind searches. */
export interface AssetFinder {
  /** Matching rows, latest change first, among a bounded number of rows read. */
  found(page: SearchBounds & { readonly after?: PageKey | undefined }): Promise<FoundPage>
  /** The same rows with their progress. */
  withSteps(items: readonly StoredItem[]): Promise<readonly StoredItem[]>
}

/** The number of rows of a kind that a search reads per query. */
const rowsAQuery = 100

/** The list in the index table and the media bucket. */
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

/** Adds progress to an asset's row; a progress row of earlier sources is ignored. */
function withProgress(item: StoredItem, rows: readonly StoredItem[]): StoredItem {
  const step = rows.find(({ pk, sk, revision }) => {
    return pk === item['pk'] && sk === progressSort && revision === item['revision']
  })
  return step && item['state'] === 'indexing' ? { ...item, progress: step['progress'] } : item
}
