/** Room name in AWS: its table, the queue that tells of its entries, what it hears of other rooms, the functions. */
import { Duration } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { watchDeadLetters, workQueue, worksOff } from '../platform/constructs/queue.construct.ts'
import { subscriber } from '../platform/constructs/subscriber.construct.ts'
import { houseTable } from '../platform/constructs/table.construct.ts'
import { watchThrottles } from '../platform/constructs/table-watch.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface RoomNameProps {
  readonly dist: string
  /** On which other rooms say what happened. */
  readonly bus: IEventBus
}

const seenTimeout = Duration.seconds(30)
const seenAttempts = 5
/** The least that SQS takes: entries that are seen take no account's room from viewers. */
const seenConcurrency = 2

export class RoomName extends Construct {
  readonly table: ITableV2
  /** Whoever sees an entry says so here, and is granted sqs:SendMessage on it. */
  readonly queue: IQueue
  /** What was given up. */
  readonly deadLetters: IQueue
  readonly watches: readonly Watch[]

  constructor(scope: Construct, id: string, { dist, bus }: RoomNameProps) {
    super(scope, id)
    this.table = houseTable(this, 'Table', { adopt: 'RoomNameTable' })
    const work = workQueue(this, 'Seen', { timeout: seenTimeout, attempts: seenAttempts })
    this.queue = work.queue
    this.deadLetters = work.deadLetters
    // Alarms and metrics have the function's id, of which there is one in a stack.
    const seen = new HouseFunction(this, 'RoomNameSeen', {
      dist,
      bundle: 'room-name/seen',
      description: 'Records when entries of room name were seen',
      memoryMb: 256,
      timeout: seenTimeout,
      environment: { ROOM_NAME_TABLE: this.table.tableName },
    })
    worksOff(seen, work, seenConcurrency)
    seen.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem'], this.table.tableArn)
    const ready = new HouseFunction(this, 'RoomNameReady', {
      dist,
      bundle: 'room-name/asset-ready',
      description: 'Notes at entries of room name which assets play',
      memoryMb: 256,
      timeout: seenTimeout,
      environment: { ROOM_NAME_TABLE: this.table.tableName },
    })
    const heard = subscriber(ready, {
      bus,
      source: 'headend.assets',
      events: ['AssetReady'],
      timeout: seenTimeout,
      attempts: seenAttempts,
      maxConcurrency: seenConcurrency,
    })
    ready.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem'], this.table.tableArn)
    this.watches = [
      seen.watchFaults(
        'RoomNameSeen faults',
        'What was seen of room name is not recorded: read the log of RoomNameSeen.',
      ),
      watchDeadLetters('RoomNameSeenDeadLetters', work.deadLetters, {
        title: 'RoomNameSeen given up',
        advice: `A message failed ${seenAttempts} times: mend the cause, then redrive the dead-letter queue.`,
      }),
      ready.watchFaults(
        'RoomNameReady faults',
        'Room name is not told which assets play: read the log of RoomNameReady.',
      ),
      heard.watch,
      watchThrottles('RoomNameThrottled', 'Table of room name throttled', this.table),
    ]
  }

  /** Lets the operator's API read and write entries, and tells it where they are. */
  grantOperate(api: HouseFunction): void {
    api.addEnvironment('ROOM_NAME_TABLE', this.table.tableName)
    api.grantActions(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
      this.table.tableArn,
    )
  }
}
