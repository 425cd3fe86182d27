/** DynamoDB's words as types: attribute values, items, tables, stream records. */

/** One value on the wire: `{ S: 'text' }`, `{ N: '1.5' }`. */
export interface AttributeValue {
  readonly S?: string
  readonly N?: string
  /** base64 */
  readonly B?: string
  readonly SS?: readonly string[]
  readonly NS?: readonly string[]
  readonly BS?: readonly string[]
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly L?: readonly AttributeValue[]
  readonly M?: Item
}

export type Item = Readonly<Record<string, AttributeValue>>

export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

export interface KeyElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

export interface AttributeDefinition {
  readonly AttributeName: string
  readonly AttributeType: 'S' | 'N' | 'B'
}

/** A secondary index as it is described. */
export interface Index {
  readonly IndexName: string
  readonly KeySchema: readonly KeyElement[]
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] }
  readonly IndexArn?: string
  readonly IndexStatus?: string
  readonly [member: string]: unknown
}

/** A table as it is stored: its description, and under `Settings` what is described elsewhere. */
export interface Table {
  readonly TableName: string
  readonly TableArn: string
  readonly TableStatus: string
  readonly AttributeDefinitions: readonly AttributeDefinition[]
  readonly KeySchema: readonly KeyElement[]
  readonly GlobalSecondaryIndexes?: readonly Index[]
  readonly LocalSecondaryIndexes?: readonly Index[]
  readonly StreamSpecification?: { readonly StreamEnabled: true; readonly StreamViewType: StreamView }
  readonly LatestStreamArn?: string
  readonly LatestStreamLabel?: string
  readonly Settings: TableSettings
  readonly [member: string]: unknown
}

export interface TableSettings {
  /** The attribute that holds the epoch second an item expires at. */
  readonly expiresAt?: string
  readonly tags: Readonly<Record<string, string>>
}

/** A change as stream consumers see it, on the wire and in Lambda events. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: StreamView
  }
  /** Present on deletions by time to live only. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}
