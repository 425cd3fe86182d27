/** Channels in AWS: its table, the queue of what encoders upload, the function that takes it. */
import { Duration } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Packaging } from '../packaging/construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { watchDeadLetters, workQueue, worksOff } from '../platform/constructs/queue.construct.ts'
import { scheduled } from '../platform/constructs/schedule.construct.ts'
import { houseTable } from '../platform/constructs/table.construct.ts'
import { watchThrottles } from '../platform/constructs/table-watch.construct.ts'
import type { ViewerOrigin } from '../platform/constructs/viewer-api.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'
import { channelWatches } from './channel-watches.construct.ts'
import { IngestApi } from './ingest-api.construct.ts'

export interface ChannelsProps {
  readonly dist: string
  readonly packaging: Packaging
}

const feedTimeout = Duration.seconds(30)
/** A segment waits for its init segment, which some encoders write behind the first one. */
const feedAttempts = 8
/** Twenty channels of six tracks and segments of 2 s, half a second each. */
const feedConcurrency = 20

/** Lambda's maximum: an hour of a channel of ten renditions is some gigabytes. */
const archiveTimeout = Duration.minutes(15)
const archiveAttempts = 5
/** An hour is over for all channels at once, and nobody waits for it. */
const archiveConcurrency = 5

/** A turn is over before the next one begins. */
const minuteTimeout = Duration.seconds(55)

export class Channels extends Construct {
  readonly table: ITableV2
  /** Uploads below `live/`. */
  readonly queue: IQueue
  /** What was given up. */
  readonly deadLetters: IQueue
  /** Hours to archive, and those whose holds have changed. */
  readonly hours: IQueue
  /** Where encoders send by HTTP. */
  readonly ingest: ViewerOrigin
  readonly watches: readonly Watch[]
  readonly #packaging: Packaging

  constructor(scope: Construct, id: string, { dist, packaging }: ChannelsProps) {
    super(scope, id)
    this.#packaging = packaging
    this.table = houseTable(this, 'Table', { adopt: 'ChannelsTable' })
    const work = workQueue(this, 'Feed', { timeout: feedTimeout, attempts: feedAttempts })
    this.queue = work.queue
    this.deadLetters = work.deadLetters
    packaging.uploads.route('live/', work)
    const hours = workQueue(this, 'Archive', { timeout: archiveTimeout, attempts: archiveAttempts })
    const archive = new HouseFunction(this, 'ChannelsArchive', {
      dist,
      bundle: 'channels/archive',
      description: 'Writes the media of hours that are over as a few large objects',
      memoryMb: 1024,
      timeout: archiveTimeout,
      environment: { CHANNELS_TABLE: this.table.tableName, MEDIA_BUCKET: packaging.media.bucketName },
    })
    this.hours = hours.queue
    worksOff(archive, hours, archiveConcurrency)
    archive.grantActions(['dynamodb:PutItem', 'dynamodb:Query'], this.table.tableArn)
    packaging.grantReadTimelines(archive)
    packaging.grantWriteLive(archive, 's3:AbortMultipartUpload')
    // Alarms and metrics have the function's id, of which there is one in a stack.
    const feed = new HouseFunction(this, 'ChannelsFeed', {
      dist,
      bundle: 'channels/feed',
      description: 'Turns what encoders upload into live timelines',
      memoryMb: 1024,
      timeout: feedTimeout,
      environment: {
        CHANNELS_TABLE: this.table.tableName,
        UPLOAD_BUCKET: packaging.upload.bucketName,
        MEDIA_BUCKET: packaging.media.bucketName,
        ARCHIVE_QUEUE: hours.queue.queueUrl,
      },
    })
    worksOff(feed, work, feedConcurrency)
    packaging.grantReadUploads(feed)
    packaging.grantReadTimelines(feed)
    packaging.grantWriteLive(feed)
    feed.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], this.table.tableArn)
    const minute = new HouseFunction(this, 'ChannelsMinute', {
      dist,
      bundle: 'channels/minute',
      description: 'Does for channels each minute what no segment that comes would do',
      memoryMb: 512,
      timeout: minuteTimeout,
      environment: {
        CHANNELS_TABLE: this.table.tableName,
        MEDIA_BUCKET: packaging.media.bucketName,
        ARCHIVE_QUEUE: hours.queue.queueUrl,
      },
    })
    packaging.grantReadTimelines(minute)
    packaging.grantWriteLive(minute)
    minute.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], this.table.tableArn)
    for (const sealer of [feed, minute]) sealer.grantActions(['sqs:SendMessage'], hours.queue.queueArn)
    const clock = scheduled(minute, {
      every: Duration.minutes(1),
      description: 'Looks at all channels each minute',
    })
    const ingest = new IngestApi(this, { dist, packaging, table: this.table, hours: hours.queue })
    this.ingest = ingest.origin
    this.watches = [
      ...ingest.watches,
      feed.watchFaults(
        'Feed faults',
        'Segments of live channels are not taken: read the log of ChannelsFeed.',
      ),
      watchDeadLetters('ChannelsFeedDeadLetters', work.deadLetters, {
        title: 'Feed given up',
        advice: `An upload of an encoder failed ${feedAttempts} times: read the log of ChannelsFeed; viewers have a gap there.`,
      }),
      watchDeadLetters('ChannelsArchiveDeadLetters', hours.deadLetters, {
        title: 'Hours not archived',
        advice: `An hour of a channel could not be archived in ${archiveAttempts} attempts: read the log of ChannelsArchive, mend the cause, then redrive within a day.`,
      }),
      minute.watchFaults(
        'Minute faults',
        'Channels that stand still, and inputs that are silent, are not seen: read the log of ChannelsMinute.',
      ),
      clock.watch,
      ...channelWatches(feed, minute),
      watchThrottles('ChannelsThrottled', 'Table of channels throttled', this.table),
    ]
  }

  /** Lets the operator's API read and write channels, sign uploads of their feeds, and tells it where they are. */
  grantOperate(api: HouseFunction): void {
    this.#packaging.grantUploadFeeds(api)
    api.addEnvironment('CHANNELS_TABLE', this.table.tableName)
    api.addEnvironment('ARCHIVE_QUEUE', this.hours.queueUrl)
    api.grantActions(['sqs:SendMessage'], this.hours.queueArn)
    api.grantActions(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
      this.table.tableArn,
    )
  }

  /** Lets a function in the region print manifests of channels, and tells it where they are. */
  grantShow(manifests: HouseFunction): void {
    manifests.addEnvironment('CHANNELS_TABLE', this.table.tableName)
    this.grantRead(manifests)
  }

  /** Lets a function read channels. */
  grantRead(manifests: HouseFunction): void {
    manifests.grantActions(['dynamodb:GetItem', 'dynamodb:Query'], this.table.tableArn)
  }
}
