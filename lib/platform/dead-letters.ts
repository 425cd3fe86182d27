/** Messages that the consumer of a queue gave up on: how many there are, and their way back into the queue. */
import { GetQueueAttributesCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs'

/** URLs of the queue and of where its dead letters lie. */
export interface Queues {
  readonly queue: string
  readonly deadLetters: string
}

/** Sends every dead letter to be tried again; resolves with how many there were. */
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
