/**
 * Assets in AWS: their events are derived from the index table's stream, not published beside a write that may fail.
 */
import { Duration, Validations } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { HeadendError } from '../errors.ts'
import { grantPublish } from '../platform/constructs/event-bus.construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { failureQueue, watchDeadLetters } from '../platform/constructs/queue.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface AssetsProps {
  readonly dist: string
  readonly bus: IEventBus
  /** The index table, with its stream. */
  readonly index: ITableV2
}

/**
 * The retries of a failed batch. A record that can't be read blocks its shard meanwhile; a bus outage of some minutes
 * must not lose an event.
 */
const retries = 20
/** A stream keeps its records for a day. */
const lateMs = 15 * 60_000

export class Assets extends Construct {
  /** Positions in the stream of changes that could not be published. */
  readonly deadLetters: IQueue
  readonly watches: readonly Watch[]

  constructor(scope: Construct, id: string, { dist, bus, index }: AssetsProps) {
    super(scope, id)
    const { tableStreamArn } = index
    if (tableStreamArn === undefined)
      throw new HeadendError('STACK_ADOPT', 'index table: expected its stream, got a table without one')
    const announce = new HouseFunction(this, 'Announce', {
      dist,
      bundle: 'assets/announce',
      description: 'Says on the event bus what happened to assets',
      memoryMb: 256,
      timeout: Duration.minutes(1),
    })
    grantPublish(announce, bus, ['headend.assets', 'headend.rights'])
    const failed = failureQueue(
      this,
      'AnnounceFailed',
      'This is where changes go that nobody could be told of; a watch wakes someone when it is not empty.',
    )
    this.deadLetters = failed
    announce.grantActions(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      tableStreamArn,
    )
    announce.grantActions(['dynamodb:ListStreams'], '*')
    if (announce.role)
      Validations.of(announce.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'ListStreams knows no resource: it gives names of streams, and reads none of them.',
      })
    new EventSourceMapping(this, 'AnnounceChanges', {
      target: announce,
      eventSourceArn: tableStreamArn,
      // Changes from before the first deployment are published, too, as far back as the stream goes.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: retries,
      onFailure: new SqsDlq(failed),
    })
    this.watches = [
      announce.watchFaults(
        'Announce faults',
        'Rooms and rules are not told what happens to assets, or late: read the log of Announce.',
      ),
      {
        id: 'AnnounceLate',
        title: 'Oldest change not announced',
        advice:
          'Changes of assets wait to be told of, and are lost after a day: read the log of Announce, and whether EventBridge takes events.',
        metric: announce.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
        wrong: { above: lateMs },
        unit: 'ms',
        periods: 2,
      },
      watchDeadLetters('AnnounceDeadLetters', failed, {
        title: 'Changes not announced',
        advice: `Nobody was told of a change after ${retries} tries: the message has its place in the stream, which keeps it for a day.`,
      }),
    ]
  }
}
