/** Batches of messages, as queues and streams hand them to a function: what failed comes again, and nothing else. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
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
