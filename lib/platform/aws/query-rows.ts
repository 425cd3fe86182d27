/** Queries one partition of a table. */
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { StoredItem, Tables } from './signed-tables.ts'

/** Up to `limit` rows of a query: DynamoDB returns a megabyte at a time, so one answer may not be all of them. */
export async function queryRows(
  tables: Pick<Tables, 'query'>,
  query: Omit<QueryCommandInput, 'Limit'>,
  limit: number,
): Promise<readonly StoredItem[]> {
  const rows: StoredItem[] = []
  let from = query.ExclusiveStartKey
  do {
    const { items, next } = await tables.query({
      ...query,
      ExclusiveStartKey: from,
      Limit: limit - rows.length,
    })
    rows.push(...items)
    from = next
  } while (from && rows.length < limit)
  return rows
}
