/** The index table, as the stores of assets' rows are given it. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** The index table. */
export interface IndexTable {
  readonly client: DynamoDBDocumentClient
  readonly table: string
}

/** The same with what writing takes. */
export interface AssetTable extends IndexTable {
  /** Milliseconds since 1970. */
  readonly now: () => number
}
