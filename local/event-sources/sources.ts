/** What event source mappings need of a queue and of a stream; the services implement it. */

/** A message as an SQS poller receives it. */
export interface QueueMessage {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly md5OfBody: string
  /** `ApproximateReceiveCount`, `SentTimestamp`, … */
  readonly attributes: Readonly<Record<string, string>>
  readonly messageAttributes: Readonly<Record<string, QueueMessageAttribute>>
}

/** As Lambda's event shows it: binary values in base64. */
export interface QueueMessageAttribute {
  readonly dataType: string
  readonly stringValue?: string
  readonly binaryValue?: string
  readonly stringListValues: readonly string[]
  readonly binaryListValues: readonly string[]
}

export interface QueueSource {
  readonly arn: string
  /** Up to `maximum` (at most 10) messages, hidden for the queue's visibility timeout; waits up to `waitMs` for the first. */
  receive(options: {
    readonly maximum: number
    readonly waitMs: number
    readonly signal: AbortSignal
  }): Promise<readonly QueueMessage[]>
  delete(receiptHandles: readonly string[]): Promise<void>
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>
}

/** A record of a DynamoDB stream (Kinesis will be the second kind). */
export interface StreamRecord {
  readonly sequenceNumber: string
  readonly arrivedAtMs: number
  /** The record as the function sees it, without `eventSourceARN`. */
  readonly event: Readonly<Record<string, unknown>>
  /** What filter patterns are matched against: of DynamoDB the event itself, of Kinesis its decoded data. */
  readonly filtered: unknown
}

/** A place in a shard. */
export type Position =
  | { readonly kind: 'trim-horizon' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'at-timestamp'; readonly timestampMs: number }
  | { readonly kind: 'after'; readonly sequenceNumber: string }

export interface StreamSource {
  readonly arn: string
  readonly service: 'dynamodb' | 'kinesis'
  /** Open and closed shards that still hold records; parents come before their children. */
  shards(): Promise<readonly { readonly id: string; readonly parentId?: string }[]>
  /**
   * Records after a position in order, none when there are none yet. `end` is set when the shard is closed
   * and read out; `next` is the position after everything read, given also when nothing was.
   */
  read(options: {
    readonly shardId: string
    readonly position: Position
    readonly limit: number
  }): Promise<{ readonly records: readonly StreamRecord[]; readonly next: Position; readonly end: boolean }>
  /** Resolves when new records may be there, at the latest after `waitMs`. */
  changed(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<void>
}
