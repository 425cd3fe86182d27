/** The index table as assets' stores receive it. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** The index table. */
export interface IndexTable {
  readonly client: DynamoDBDocumentClient
  readonly table: string
}

/** The index table, with a clock for writing. */
export interface AssetTable extends IndexTable {
  /** Milliseconds since 1970. */
  readonly now: () => number
}
