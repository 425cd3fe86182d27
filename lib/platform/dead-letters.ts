/** Uploads that ingest gave up on: how many, and back to the queue with them. */
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { HeadendError } from '../errors.ts'

/** Sends every dead letter of ingest to be tried again; resolves with how many there were. */
export async function replayDeadLetters(): Promise<number> {
  const sqs = new SQSClient({})
  const dead = await queue(sqs, 'Headend-PackagingIngestDeadLetters')
  const alive = await queue(sqs, 'Headend-PackagingIngestQueue')
  if (dead.waiting > 0)
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn, DestinationArn: alive.arn }))
  return dead.waiting
}

async function queue(
  sqs: SQSClient,
  prefix: string,
): Promise<{ readonly arn: string; readonly waiting: number }> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
  const [url] = QueueUrls
  if (url === undefined)
    throw new HeadendError(
      'DEAD_LETTERS_QUEUE',
      `expected a queue whose name starts with ${prefix}, found none`,
    )
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    }),
  )
  return {
    arn: Attributes['QueueArn'] ?? '',
    waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
  }
}
