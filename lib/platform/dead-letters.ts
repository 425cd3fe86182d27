/** The dead letters of a queue: their number, and their return to the queue. */
import { GetQueueAttributesCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs'

/** URLs of a queue and its dead-letter queue. */
export interface Queues {
  readonly queue: string
  readonly deadLetters: string
}

/** Moves every dead letter back to the queue; resolves to their number. */
export async function replayDeadLetters({ queue, deadLetters }: Queues): Promise<number> {
  const sqs = new SQSClient({})
  const [alive, dead] = await Promise.all([stateOf(sqs, queue), stateOf(sqs, deadLetters)])
  if (dead.waiting > 0)
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn, DestinationArn: alive.arn }))
  return dead.waiting
}

async function stateOf(
  sqs: SQSClient,
  QueueUrl: string,
): Promise<{ readonly arn: string; readonly waiting: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'] }),
  )
  return {
    arn: Attributes['QueueArn'] ?? '',
    waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
  }
}
