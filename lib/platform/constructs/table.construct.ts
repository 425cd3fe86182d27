/** The one way this house makes a table: paid by request, restorable to any second, kept when the stack goes. */
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  type StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { adopted } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/** What a room says of its table. */
export interface TableOptions {
  /** The context value by which an earlier stack's table is taken over. */
  readonly adopt: Parameters<typeof adopted>[1]
  /** Indexes of all attributes, by name. @default none */
  readonly indexes?: Readonly<Record<string, { readonly partitionKey: string; readonly sortKey: string }>>
  /** @default no stream */
  readonly stream?: StreamViewType
}

/** A table of items under `pk` and `sk`, which DynamoDB deletes after `expiresAt` (epoch seconds). */
export function houseTable(scope: Construct, id: string, options: TableOptions): ITableV2 {
  const { adopt, indexes = {}, stream } = options
  const tableName = adopted(scope, adopt)
  if (tableName !== undefined) return TableV2.fromTableName(scope, id, tableName)
  return new TableV2(scope, id, {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(stream && { dynamoStream: stream }),
    timeToLiveAttribute: 'expiresAt',
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, { partitionKey, sortKey }]) => ({
      indexName,
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      projectionType: ProjectionType.ALL,
    })),
    removalPolicy: kept,
  })
}

const text = (name: string) => ({ name, type: AttributeType.STRING })
