/** Queues with the settings common to all: encrypted, TLS only, with dead letters kept for inspection. */
import { Duration, Validations } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { HouseFunction } from './function.construct.ts'
import type { Watch } from './watch.construct.ts'

/** A queue and its dead-letter queue. */
export interface WorkQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
  /** The number of deliveries before a message is given up. */
  readonly attempts: number
}

/** Settings of the queue's consumer. */
export interface WorkQueueOptions {
  /** The timeout of the consuming function. */
  readonly timeout: Duration
  readonly attempts: number
}

/** A queue for one function, with its dead-letter queue; their ids begin with `name`. */
export function workQueue(scope: Construct, name: string, options: WorkQueueOptions): WorkQueue {
  const { timeout, attempts } = options
  const deadLetters = failureQueue(
    scope,
    `${name}DeadLetters`,
    'This is the dead-letter queue; a watch wakes someone when it is not empty.',
  )
  const queue = new Queue(scope, `${name}Queue`, {
    ...common,
    // Six times the function's timeout, as Lambda recommends, so that a slow attempt is not started again in parallel.
    visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: attempts },
  })
  return { queue, deadLetters, attempts }
}

/** A queue for failures that no function consumes; `reason` says who looks at them. */
export function failureQueue(scope: Construct, id: string, reason: string): Queue {
  const queue = new Queue(scope, id, {
    ...common,
    // The maximum of SQS: time to fix the cause and redrive.
    retentionPeriod: Duration.days(14),
  })
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason })
  return queue
}

/**
 * Delivers a queue's messages to a function one at a time, `maxConcurrency` in parallel: a batch ends with its slowest
 * message or with a timeout, and the other messages would wait or be redelivered.
 */
export function worksOff(
  worker: HouseFunction,
  { queue, attempts }: WorkQueue,
  maxConcurrency: number,
): void {
  worker.addEnvironment('QUEUE_ATTEMPTS', String(attempts))
  worker.addEventSource(
    new SqsEventSource(queue, { batchSize: 1, maxConcurrency, reportBatchItemFailures: true }),
  )
}

/** An alarm on the first dead letter. */
export const watchDeadLetters = (
  id: string,
  deadLetters: Queue,
  words: Pick<Watch, 'title' | 'advice'>,
): Watch => ({
  id,
  ...words,
  metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
  wrong: { above: 0 },
  unit: 'count',
  periods: 1,
})

const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }
