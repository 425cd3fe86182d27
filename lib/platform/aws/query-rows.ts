/** Rows of one partition of a table. */
import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { StoredItem, Tables } from './signed-tables.ts'

/** At most `limit` rows that a query finds: DynamoDB answers a megabyte at a time, which is not the end of them. */
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
