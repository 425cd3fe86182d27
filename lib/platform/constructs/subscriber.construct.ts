/** How a room hears of events: a rule on the bus, a queue that keeps them, a function that works it off. */
import { Duration } from 'aws-cdk-lib'
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { HouseFunction } from './function.construct.ts'
import { type WorkQueue, watchDeadLetters, workQueue, worksOff } from './queue.construct.ts'
import type { Watch } from './watch.construct.ts'

/** What is heard, and how it is worked off. */
export interface SubscriberOptions {
  readonly bus: IEventBus
  /** Who says it: `headend.assets`. */
  readonly source: string
  /** What: `AssetReady`. */
  readonly events: readonly string[]
  /** Of the function. */
  readonly timeout: Duration
  readonly attempts: number
  /** Messages at once; two is the least that SQS takes. */
  readonly maxConcurrency: number
}

/** A queue of events, and who is woken when some were given up. */
export interface Subscriber extends WorkQueue {
  readonly watch: Watch
}

/** As long, and as often, as EventBridge tries at most (RetryPolicy); after that an event goes to the dead letters. */
const maxEventAge = Duration.hours(24)
const maxTries = 185

/**
 * Hands a function the events of a source, each as a message of its own queue. The queue is under SQS' own key, for
 * which EventBridge needs no grant; its policy lets this one rule send to it. What the rule can't deliver, and what the
 * function gives up, lies in the same dead letters, and an alarm tells of it.
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
