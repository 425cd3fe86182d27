/** Rows of one partition of a table. */
import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { StoredItem } from './batch-get.ts'

/** At most `limit` rows that a query finds: DynamoDB answers a megabyte at a time, which is not the end of them. */
export async function queryRows(
  client: DynamoDBDocumentClient,
  query: Omit<QueryCommandInput, 'Limit'>,
  limit: number,
): Promise<readonly StoredItem[]> {
  const rows: StoredItem[] = []
  let from = query.ExclusiveStartKey
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...query, ExclusiveStartKey: from, Limit: limit - rows.length }),
    )
    rows.push(...Items)
    from = LastEvaluatedKey
  } while (from && rows.length < limit)
  return rows
}
