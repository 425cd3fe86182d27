/** The one way this house makes queues: encrypted, TLS only, with what was given up kept for someone to look at. */
import { Duration, Validations } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { HouseFunction } from './function.construct.ts'
import type { Watch } from './watch.construct.ts'

/** A queue and what becomes of messages that fail again and again. */
export interface WorkQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
  /** How often a message is handed out before it is given up. */
  readonly attempts: number
}

/** How a queue is worked off. */
export interface WorkQueueOptions {
  /** Of the function that works it off. */
  readonly timeout: Duration
  readonly attempts: number
}

/** A queue for one function, and its dead letters; its constructs' ids begin with `name`. */
export function workQueue(scope: Construct, name: string, options: WorkQueueOptions): WorkQueue {
  const { timeout, attempts } = options
  const deadLetters = failureQueue(
    scope,
    `${name}DeadLetters`,
    'This is the dead-letter queue; a watch wakes someone when it is not empty.',
  )
  const queue = new Queue(scope, `${name}Queue`, {
    ...common,
    // Six times the function's, as Lambda asks, so that a slow attempt is not begun again beside itself.
    visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: attempts },
  })
  return { queue, deadLetters, attempts }
}

/** Where failures go and nothing comes from; `reason` says who looks at them. */
export function failureQueue(scope: Construct, id: string, reason: string): Queue {
  const queue = new Queue(scope, id, {
    ...common,
    // The longest SQS keeps: time to mend the cause and redrive.
    retentionPeriod: Duration.days(14),
  })
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason })
  return queue
}

/**
 * Hands a queue's messages to a function one at a time, `maxConcurrency` at once: a batch ends with its slowest
 * message, or at the function's end, and its neighbours would wait for it or come again.
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

/** Wakes someone for the first message that was given up. */
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
