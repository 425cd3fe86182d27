/** Who is told of which uploads: rooms by the prefix of the key, one room of all that none has asked for. */
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
  /** Gets what no room has asked for, so that what lies at a wrong key is seen. */
  readonly rest: WorkQueue
}

/** `live/`: whole folders, so that none is part of another's name. */
const prefixForm = /^[a-z][a-z0-9-]*\/$/

/**
 * Uploads by way of EventBridge, which a bucket tells of every object: S3's own notifications can't say "the rest", and
 * refuse two filters that overlap. What can't be delivered within a day lies in the dead letters of the queue it was for.
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

  /** Tells a room, and no other, of uploads whose keys begin so; throws STACK_ROUTE where one has them already. */
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
    // Made when all rooms have said what they want.
    defaultChild.eventPattern = Lazy.any({
      produce: () => ({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [this.#bucket.bucketName] }, ...objectOf(key()) },
      }),
    })
    // S3 tells EventBridge, and EventBridge drops what no rule takes: rules, and leave to send, are there before.
    this.#bucket.node.tryFindChild('Notifications')?.node.addDependency(rule, work.queue)
  }
}

const objectOf = (key: readonly object[] | undefined) => (key ? { object: { key } } : {})

/**
 * Whether S3 goes on telling the queue itself, too. A bucket takes up to five minutes to begin with EventBridge, and ends
 * at once what it did before: a stack that has the former way is updated with both first, then with EventBridge alone.
 */
function isHandedOver(scope: Construct): boolean {
  const said: unknown = scope.node.tryGetContext('uploadRoute')
  if (said === undefined || said === 'both') return said === 'both'
  throw new HeadendError(
    'STACK_CONTEXT',
    `context uploadRoute: expected both, or nothing, got ${JSON.stringify(said)}`,
  )
}
