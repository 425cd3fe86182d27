/** Routes upload events to rooms by key prefix; one room gets all that no other has claimed. */
import { Lazy } from 'aws-cdk-lib'
import { CfnRule, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { EventType, type IBucket } from 'aws-cdk-lib/aws-s3'
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications'
import { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'
import type { WorkQueue } from './queue.construct.ts'

export interface UploadRouterProps {
  readonly bucket: IBucket
  /** Gets uploads that no room has claimed, so that objects under a wrong key are noticed. */
  readonly rest: WorkQueue
}

/** A prefix such as `live/`: whole folders, so that none is a prefix of another. */
const prefixForm = /^[a-z][a-z0-9-]*\/$/

/**
 * Routes uploads through EventBridge, to which a bucket reports every object: S3's own notifications can't express "the
 * rest", and reject overlapping filters. What can't be delivered within a day goes to the dead letters of its queue.
 */
export class UploadRouter extends Construct {
  readonly #bucket: IBucket
  readonly #prefixes: string[] = []

  constructor(scope: Construct, id: string, { bucket, rest }: UploadRouterProps) {
    super(scope, id)
    this.#bucket = bucket
    bucket.enableEventBridgeNotification()
    this.#rule('Rest', rest, 'Uploads that no room has asked for', () =>
      this.#prefixes.length === 0 ? undefined : [{ 'anything-but': { prefix: this.#prefixes.toSorted() } }],
    )
    if (isHandedOver(this))
      bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(rest.queue))
  }

  /** Sends uploads with this key prefix to one room and no other; throws STACK_ROUTE if the prefix is taken. */
  route(prefix: string, queue: WorkQueue): void {
    const isTaken = this.#prefixes.includes(prefix)
    if (isTaken || !prefixForm.test(prefix))
      throw new HeadendError(
        'STACK_ROUTE',
        `uploads under ${prefix}: expected ${isTaken ? 'one room for them, got another' : 'a folder such as live/'}`,
      )
    this.#prefixes.push(prefix)
    const name = prefix.slice(0, -1)
    this.#rule(`Of-${name}`, queue, `Uploads under ${prefix}`, () => [{ prefix }])
  }

  #rule(id: string, work: WorkQueue, description: string, key: () => readonly object[] | undefined): void {
    const target = new SqsQueue(work.queue, { deadLetterQueue: work.deadLetters })
    const rule = new Rule(this, id, { description, eventPattern: { source: ['aws.s3'] }, targets: [target] })
    const { defaultChild } = rule.node
    if (!(defaultChild instanceof CfnRule)) throw new TypeError(`${id}: expected a rule`)
    // Evaluated lazily, when all rooms have registered their prefixes.
    defaultChild.eventPattern = Lazy.any({
      produce: () => ({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [this.#bucket.bucketName] }, ...objectOf(key()) },
      }),
    })
    // EventBridge drops events that match no rule, so rules and queue policies are created before S3's notifications.
    this.#bucket.node.tryFindChild('Notifications')?.node.addDependency(rule, work.queue)
  }
}

const objectOf = (key: readonly object[] | undefined) => (key ? { object: { key } } : {})

/**
 * True if S3 also keeps notifying the queue directly. A bucket takes up to five minutes to start with EventBridge but
 * stops its former notifications at once: a stack with those is updated first with both, then with EventBridge alone.
 */
function isHandedOver(scope: Construct): boolean {
  const said: unknown = scope.node.tryGetContext('uploadRoute')
  if (said === undefined || said === 'both') return said === 'both'
  throw new HeadendError(
    'STACK_CONTEXT',
    `context uploadRoute: expected both, or nothing, got ${JSON.stringify(said)}`,
  )
}
