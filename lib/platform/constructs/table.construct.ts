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
import { HeadendError } from '../../errors.ts'
import { type Adoptable, adopted } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/** What a room says of its table. */
export interface TableOptions {
  /** The context value by which an earlier stack's table is taken over; that of its stream beside it. */
  readonly adopt: Adoptable
  /** Indexes of all attributes, by name. @default none */
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

/** A stream's ARN says when it was switched on, so that it does not follow from the table's name. */
function adoptedStream(scope: Construct, tableName: string, name: Adoptable): string {
  const arn = adopted(scope, name)
  if (arn !== undefined) return arn
  throw new HeadendError(
    'STACK_ADOPT',
    `context adopt: expected ${name} beside the table, got none; aws dynamodb describe-table --table-name ${tableName} --query Table.LatestStreamArn says it`,
  )
}

const text = (name: string) => ({ name, type: AttributeType.STRING })
