/** Subscribes a room to events: a rule on the bus, a queue that keeps them, a function that consumes it. */
import { Duration } from 'aws-cdk-lib'
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { HouseFunction } from './function.construct.ts'
import { type WorkQueue, watchDeadLetters, workQueue, worksOff } from './queue.construct.ts'
import type { Watch } from './watch.construct.ts'

/** The events to receive, and the queue's settings. */
export interface SubscriberOptions {
  readonly bus: IEventBus
  /** The publisher: `headend.assets`. */
  readonly source: string
  /** The event names: `AssetReady`. */
  readonly events: readonly string[]
  /** The timeout of the function. */
  readonly timeout: Duration
  readonly attempts: number
  /** Maximum concurrency; two is the minimum SQS accepts. */
  readonly maxConcurrency: number
}

/** A queue of events, and the alarm for its dead letters. */
export interface Subscriber extends WorkQueue {
  readonly watch: Watch
}

/** The maximum age and number of retries in EventBridge (RetryPolicy); after that an event goes to the dead letters. */
const maxEventAge = Duration.hours(24)
const maxTries = 185

/**
 * Delivers the events of a source to a function, each as a message of its own queue. The queue uses SQS-managed
 * encryption, for which EventBridge needs no grant; its policy lets this one rule send to it. Events that the rule
 * can't deliver or the function gives up go to the same dead-letter queue, which has an alarm.
 */
export function subscriber(worker: HouseFunction, options: SubscriberOptions): Subscriber {
  const { bus, source, events, timeout, attempts, maxConcurrency } = options
  const { id, scope } = worker.node
  if (!scope) throw new TypeError(`${id}: expected a function within a stack`)
  const work = workQueue(scope, id, { timeout, attempts })
  new Rule(scope, `${id}Rule`, {
    eventBus: bus,
    description: `${events.join(', ')} of ${source} for ${id}`,
    eventPattern: { source: [source], detailType: [...events] },
    targets: [
      new SqsQueue(work.queue, { deadLetterQueue: work.deadLetters, maxEventAge, retryAttempts: maxTries }),
    ],
  })
  worksOff(worker, work, maxConcurrency)
  const watch = watchDeadLetters(`${id}DeadLetters`, work.deadLetters, {
    title: `${id} given up`,
    advice: `An event failed ${attempts} times, or did not reach the queue of ${id}: mend the cause, then redrive the dead-letter queue.`,
  })
  return { ...work, watch }
}
