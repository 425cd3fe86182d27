/** Processes the batches that queues and streams deliver to a function; only what failed is redelivered. */
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { Log } from './log.ts'

/** A message from a queue. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  /** The number of deliveries, this one included. */
  readonly attempts: number
}

/** The handling of a queue's batch. */
export interface QueueWork {
  readonly log: Log
  /** The log message for a failed message: `ingest failed`. */
  readonly failure: string
  /** Handles one message, which may come twice, late and out of order; rejects to have it redelivered. */
  readonly each: (message: QueueMessage) => Promise<void>
}

/**
 * Handles a queue's messages one by one. Those that fail are logged and redelivered until the queue gives them up
 * (`maxReceiveCount`); one that fails does not hold up the others (Lambda's ReportBatchItemFailures).
 */
export async function consumeQueue({ Records }: SQSEvent, work: QueueWork): Promise<SQSBatchResponse> {
  const failed: string[] = []
  for (const { messageId, body, attributes } of Records) {
    const attempts = Number(attributes.ApproximateReceiveCount)
    try {
      await work.each({ id: messageId, body, attempts })
    } catch (error) {
      work.log.error(work.failure, error, { messageId, attempts })
      failed.push(messageId)
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
}

/** The handling of a stream's batch. */
export interface StreamWork<Item> {
  readonly log: Log
  /** The log message for a failed record: `announcing failed`. */
  readonly failure: string
  /** The items of work in a record; throws if it can't be read. */
  readonly read: (record: DynamoDBRecord) => readonly Item[]
  /** Does all items in order; returns those that failed, each with its error. Any item may come twice. */
  readonly done: (items: readonly Item[]) => Promise<ReadonlyMap<Item, unknown>>
}

/**
 * Handles the records of a table's stream, which come in the order of their items' changes. The first that fails is
 * logged and redelivered with all that follow it, so those may be handled twice.
 *
 * If the first of several records fails, the error is thrown: Lambda halves a batch that throws
 * (BisectBatchOnFunctionError), and does not document that it halves one that reports its first record. A poison record
 * thus ends up alone, is given up alone after its attempts, and takes no neighbour with it.
 */
export async function consumeStream<Item>(
  { Records }: DynamoDBStreamEvent,
  work: StreamWork<Item>,
): Promise<DynamoDBBatchResponse> {
  const owners = new Map<Item, number>()
  let failed: { readonly at: number; readonly why: unknown } | undefined
  for (const [at, record] of Records.entries()) {
    try {
      for (const item of work.read(record)) owners.set(item, at)
    } catch (why) {
      failed = { at, why }
      break
    }
  }
  const undone = owners.size === 0 ? [] : await work.done([...owners.keys()])
  for (const [item, why] of undone) {
    const at = owners.get(item) ?? 0
    if (failed === undefined || at < failed.at) failed = { at, why }
  }
  if (failed === undefined) return { batchItemFailures: [] }
  const itemIdentifier = Records[failed.at]?.dynamodb?.SequenceNumber ?? ''
  work.log.error(work.failure, failed.why, { sequenceNumber: itemIdentifier, records: Records.length })
  if (failed.at === 0 && Records.length > 1) throw failed.why
  return { batchItemFailures: [{ itemIdentifier }] }
}
