/**
 * Tables with the settings common to all: on-demand billing, point-in-time recovery, retained when the stack is
 * deleted.
 */
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  type StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'
import { type Adoptable, adopted } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/** Settings of a room's table. */
export interface TableOptions {
  /** The key in the context value `adopt` that names an earlier stack's table; `stream.adopt` is that of its stream. */
  readonly adopt: Adoptable
  /** Global secondary indexes that project all attributes, by name. @default none */
  readonly indexes?: Readonly<Record<string, { readonly partitionKey: string; readonly sortKey: string }>>
  /** @default no stream */
  readonly stream?: { readonly adopt: Adoptable; readonly view: StreamViewType }
}

/** A table of items under `pk` and `sk`, which DynamoDB deletes after `expiresAt` (epoch seconds). */
export function houseTable(scope: Construct, id: string, options: TableOptions): ITableV2 {
  const { adopt, indexes = {}, stream } = options
  const tableName = adopted(scope, adopt)
  if (tableName !== undefined)
    return TableV2.fromTableAttributes(scope, id, {
      tableName,
      ...(stream && { tableStreamArn: adoptedStream(scope, tableName, stream.adopt) }),
    })
  return new TableV2(scope, id, {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(stream && { dynamoStream: stream.view }),
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

/** The stream's ARN contains the time it was enabled, so it can't be derived from the table's name. */
function adoptedStream(scope: Construct, tableName: string, name: Adoptable): string {
  const arn = adopted(scope, name)
  if (arn !== undefined) return arn
  throw new HeadendError(
    'STACK_ADOPT',
    `context adopt: expected ${name} beside the table, got none; aws dynamodb describe-table --table-name ${tableName} --query Table.LatestStreamArn says it`,
  )
}

const text = (name: string) => ({ name, type: AttributeType.STRING })
