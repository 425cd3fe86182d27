/** Batches of messages, as queues and streams hand them to a function: what failed comes again, and nothing else. */
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { Log } from './log.ts'

/** A message of a queue. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  /** How often it was handed out, this time included. */
  readonly attempts: number
}

/** How a batch is worked through. */
export interface QueueWork {
  readonly log: Log
  /** The event in the log where a message fails: `ingest failed`. */
  readonly failure: string
  /** Does one message, which may come twice, late and out of order; rejects where it is to come again. */
  readonly each: (message: QueueMessage) => Promise<void>
}

/**
 * Works through the messages of a queue one by one. Those that failed are logged and come again until the queue gives
 * them up (`maxReceiveCount`); one that fails keeps none of the others (Lambda's ReportBatchItemFailures).
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

/** How a batch of a stream is worked through. */
export interface StreamWork<Item> {
  readonly log: Log
  /** The event in the log where a record fails: `announcing failed`. */
  readonly failure: string
  /** What a record has to be done; throws where it can't be read. */
  readonly read: (record: DynamoDBRecord) => readonly Item[]
  /** Does all of it, in its order; gives what failed, each with why. Whatever it is, it may come twice. */
  readonly done: (items: readonly Item[]) => Promise<ReadonlyMap<Item, unknown>>
}

/**
 * Works through the records of a table's stream, which come in the order of their items' changes. The first that fails
 * is logged and comes again with all behind it, so what was done behind it is done twice.
 *
 * Where it is the first of several, the batch is thrown: Lambda halves what throws (BisectBatchOnFunctionError), and
 * does not say that it halves what reports its first record. So a poison record comes to be alone, is given up alone
 * after its attempts, and takes no neighbour with it.
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
