/** Packaging in AWS: ingests uploads, writes their timelines, builds segments from both on request. */
import { CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib'
import { type ITableV2, StreamViewType } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type FunctionUrl, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda'
import {
  BucketEncryption,
  EventType,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3'
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { HeadendError } from '../errors.ts'
import { adoptableBucket } from '../platform/constructs/bucket.construct.ts'
import { concurrencyShares } from '../platform/constructs/concurrency.construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { houseLog } from '../platform/constructs/log.construct.ts'
import { watchDeadLetters, workQueue, worksOff } from '../platform/constructs/queue.construct.ts'
import { houseTable } from '../platform/constructs/table.construct.ts'
import { watchThrottles } from '../platform/constructs/table-watch.construct.ts'
import { UploadRouter } from '../platform/constructs/upload-router.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'
import type { Rights } from '../rights/construct.ts'
import { keepDaysTag, keptDays } from '../timeline/live/keeping.ts'

export interface PackagingProps {
  readonly dist: string
  /** Encrypts derived objects, and uploads made before SSE-S3 was the default or that name this key. */
  readonly key: IKey
  /** Receives the buckets' access logs. */
  readonly logs: IBucket
  readonly rights: Rights
}

/** Retention of overwritten uploads, so that players and start-over windows can finish. */
const oldVersions = Duration.days(30)
const ingestTimeout = Duration.minutes(2)
const ingestAttempts = 5
/** Lambda's maximum: a film of tens of gigabytes is read once from end to end. */
const sidecarTimeout = Duration.minutes(15)
const sidecarAttempts = 3

export class Packaging extends Construct {
  readonly upload: IBucket
  /** Lets other rooms receive events for their uploads. */
  readonly uploads: UploadRouter
  readonly media: IBucket
  readonly index: ITableV2
  /** The packager's Function URL: only CloudFront may call it. */
  readonly segments: FunctionUrl
  /** Upload events, and those whose processing was given up. */
  readonly ingestQueue: IQueue
  readonly ingestDeadLetters: IQueue
  readonly watches: readonly Watch[]
  /** Environment variables naming this room's buckets and table. */
  readonly environment: Readonly<Record<'UPLOAD_BUCKET' | 'MEDIA_BUCKET' | 'INDEX_TABLE', string>>
  readonly #key: IKey

  constructor(scope: Construct, id: string, { dist, key, logs, rights }: PackagingProps) {
    super(scope, id)
    this.#key = key
    const shares = concurrencyShares(this)
    this.upload = uploadBucket(this, logs)
    this.media = adoptableBucket(this, 'Media', {
      adopt: 'MediaBucket',
      // Required for S3 replication to another region; only placements are ever overwritten.
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 's3/media/',
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        { noncurrentVersionExpiration: oldVersions, expiredObjectDeleteMarker: true },
        ...liveExpiry,
      ],
    })
    this.index = indexTable(this)
    this.environment = {
      UPLOAD_BUCKET: this.upload.bucketName,
      MEDIA_BUCKET: this.media.bucketName,
      INDEX_TABLE: this.index.tableName,
    }

    const uploads = workQueue(this, 'Ingest', { timeout: ingestTimeout, attempts: ingestAttempts })
    const { queue, deadLetters } = uploads
    this.ingestQueue = queue
    this.ingestDeadLetters = deadLetters
    // Uploads no room handles are shown as failed assets, with advice.
    this.uploads = new UploadRouter(this, 'Uploads', { bucket: this.upload, rest: uploads })
    this.uploads.route('vod/', uploads)
    settleNotifier(this)
    const ingest = new HouseFunction(this, 'Ingest', {
      dist,
      bundle: 'packaging/ingest',
      description: 'Reads what describes an upload and writes its timeline',
      // A full vCPU: a transport stream is read and written from end to end within the two minutes.
      memoryMb: 1769,
      timeout: ingestTimeout,
      environment: this.environment,
    })
    worksOff(ingest, uploads, shares.ingest)
    this.grantReadUploads(ingest)
    this.grantReadTimelines(ingest)
    ingest.grantObjects(
      this.media,
      'timelines/*',
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      'Ingest writes a new prefix for each version.',
    )
    ingest.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem'], this.index.tableArn)
    this.grantPublishProtection(ingest)
    // A protected asset is never shown before its protection is in place.
    rights.grantProtect(ingest)
    this.grantPublishProtection(rights.sweep)
    this.grantReadIndex(rights.sweep)
    for (const [name, value] of Object.entries(this.environment)) rights.sweep.addEnvironment(name, value)

    const sidecars = workQueue(this, 'SoundSideCar', { timeout: sidecarTimeout, attempts: sidecarAttempts })
    // The last but one object of a timeline to be written; the function rewrites it, then finds its work done.
    this.media.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(sidecars.queue), {
      prefix: 'timelines/',
      suffix: '/placement.json',
    })
    const sidecar = new HouseFunction(this, 'SoundSideCar', {
      dist,
      bundle: 'packaging/audio-sidecar',
      description: 'Writes sound that lies scattered in a film once more in one piece',
      memoryMb: 1024,
      timeout: sidecarTimeout,
      environment: { UPLOAD_BUCKET: this.upload.bucketName, MEDIA_BUCKET: this.media.bucketName },
    })
    // Works on assets that already play: it must never take concurrency from viewers.
    worksOff(sidecar, sidecars, shares.sidecar)
    this.grantReadUploads(sidecar)
    this.grantReadTimelines(sidecar)
    sidecar.grantObjects(
      this.media,
      'timelines/*',
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      'Each version of a timeline is a new prefix.',
    )
    sidecar.grantKey(key, 'kms:GenerateDataKey')

    const packager = new HouseFunction(this, 'Packager', {
      dist,
      bundle: 'packaging/segment',
      description: 'Makes CMAF segments of byte ranges of the uploads',
      // A minute for the longest segments, which Lambda streams at 2 MB/s. 1,769 MB is one full vCPU: the least at
      // which building and encrypting a segment is not throttled.
      memoryMb: 1769,
      concurrency: shares.packager,
      timeout: Duration.seconds(60),
      environment: this.environment,
    })
    this.grantReadUploads(packager)
    this.grantReadTimelines(packager)
    rights.grantContentKeys(packager)
    this.segments = packager.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    })

    this.watches = [
      ingest.watchFaults('Ingest faults', 'Uploads are not becoming timelines: read the log of Ingest.'),
      {
        id: 'IngestAge',
        title: 'Oldest upload waiting',
        advice: 'Uploads arrive faster than they are indexed, or each attempt fails: read the log of Ingest.',
        metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
        wrong: { above: 900 },
        unit: 's',
        periods: 2,
      },
      watchDeadLetters('IngestDeadLetters', deadLetters, {
        title: 'Uploads given up',
        advice: `An upload failed ${ingestAttempts} times: mend the cause, then redrive the dead-letter queue.`,
      }),
      watchDeadLetters('SoundSideCarDeadLetters', sidecars.deadLetters, {
        title: 'Audio sidecars given up',
        advice:
          'The films play, but their sound is slow to fetch: read the log of SoundSideCar, then redrive.',
      }),
      packager.watchFaults(
        'Packager faults',
        'Players get 5xx for segments: read the log of Packager.',
        packager.urlAnswers(),
      ),
      watchThrottles('IndexThrottled', 'Index table throttled', this.index),
      packager.watchSlowest('Packager p99', 'Players may stall on segments nobody asked for before.', 3000),
    ]
  }
  /** Lets a function read every version of the uploads. */
  grantReadUploads(reader: HouseFunction): void {
    const because = 'Whatever film is uploaded is read; its key is not known before.'
    reader.grantObjects(this.upload, '*', ['s3:GetObject', 's3:GetObjectVersion'], because)
    // Without these S3 answers 403 for a missing upload, indistinguishable from a missing grant.
    reader.grantActions(['s3:ListBucket', 's3:ListBucketVersions'], this.upload.bucketArn)
    // For older uploads, and those whose client names the key.
    reader.grantKey(this.#key, 'kms:Decrypt')
  }

  /** Lets a function read timelines. */
  grantReadTimelines(reader: HouseFunction): void {
    reader.grantObjects(
      this.media,
      'timelines/*',
      ['s3:GetObject'],
      'Each version of a timeline is a new prefix.',
    )
    reader.grantActions(['s3:ListBucket'], this.media.bucketArn)
    reader.grantKey(this.#key, 'kms:Decrypt')
  }

  /** Lets a function write the media of live timelines, each object once. */
  grantWriteLive(writer: HouseFunction, ...more: readonly 's3:AbortMultipartUpload'[]): void {
    const because = 'Each life of a channel, and each segment, is a new key.'
    const actions = ['s3:PutObject', 's3:PutObjectTagging', ...more]
    writer.grantObjects(this.media, 'timelines/live/*', actions, because)
    writer.grantKey(this.#key, 'kms:GenerateDataKey')
  }

  /** Lets a function read the protection states of assets. */
  grantReadProtection(reader: HouseFunction): void {
    const because = 'Each state of a protection is a new object.'
    reader.grantObjects(this.media, 'protection/*', ['s3:GetObject'], because)
  }

  /** Lets a function publish the protection states of assets. */
  grantPublishProtection(writer: HouseFunction): void {
    const because = 'Each state of a protection is a new object.'
    writer.grantObjects(this.media, 'protection/*', ['s3:PutObject'], because)
    writer.grantKey(this.#key, 'kms:GenerateDataKey')
    // The table is scanned to fill a new edge store.
    writer.grantActions(['dynamodb:UpdateItem', 'dynamodb:Scan'], this.index.tableArn)
  }

  /** Lets a function look up an asset and its published version. */
  grantReadIndex(reader: HouseFunction): void {
    reader.grantActions(['dynamodb:GetItem'], this.index.tableArn)
  }

  /** Lets a function list assets by kind, latest first, with their progress. */
  grantListIndex(reader: HouseFunction): void {
    this.grantReadIndex(reader)
    reader.grantActions(['dynamodb:BatchGetItem'], this.index.tableArn)
    reader.grantActions(['dynamodb:Query'], `${this.index.tableArn}/index/${byKind}`)
  }

  /**
   * Lets a function serve stored presentations: read them, and look up the published versions of all their assets at
   * once.
   */
  grantReadPresentations(reader: HouseFunction): void {
    reader.grantObjects(this.media, 'presentations/*', ['s3:GetObject'], 'Each version of one is an object.')
    reader.grantActions(['dynamodb:BatchGetItem'], this.index.tableArn)
  }

  /** Lets a function store presentations, and list and read them. */
  grantStorePresentations(writer: HouseFunction): void {
    const because = 'Each version of a presentation is a new object.'
    writer.grantObjects(this.media, 'presentations/*', ['s3:GetObject', 's3:PutObject'], because)
    writer.grantKey(this.#key, 'kms:GenerateDataKey')
    writer.grantActions(['dynamodb:PutItem', 'dynamodb:DeleteItem'], this.index.tableArn)
  }

  /** Lets a function reindex and delete films: uploads, and all versions of their timelines. */
  grantManageFilms(manager: HouseFunction): void {
    const because = 'The operator names what is deleted; an upload whose key was refused lies anywhere.'
    manager.grantObjects(this.upload, '*', ['s3:DeleteObject'], because)
    manager.grantObjects(this.media, 'timelines/*', ['s3:DeleteObject'], because)
    manager.grantActions(['sqs:SendMessage'], this.ingestQueue.queueArn)
    manager.addEnvironment('INGEST_QUEUE', this.ingestQueue.queueUrl)
  }

  /** Lets a function sign uploads of objects of feeds. */
  grantUploadFeeds(signer: HouseFunction): void {
    signer.grantObjects(this.upload, 'live/*', ['s3:PutObject'], 'Each segment of a feed is a new object.')
    // For an adopted bucket whose default is still the key.
    signer.grantKey(this.#key, 'kms:GenerateDataKey')
  }

  /** Lets a function sign multipart uploads of films, complete them, and check whether they are complete. */
  grantUploadFilms(signer: HouseFunction): void {
    const write = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
    // HeadObject, used to answer a repeated "complete" like the first, is GetObject to IAM.
    const actions = [...write, 's3:GetObject']
    signer.grantObjects(this.upload, 'vod/*', actions, 'The console names the film it uploads.')
    signer.grantActions(['s3:ListBucket'], this.upload.bucketArn)
    // For an adopted bucket whose default is still the key, and for uploads in progress when that changed: S3 decrypts
    // the data key to join the parts.
    signer.grantKey(this.#key, 'kms:GenerateDataKey', 'kms:Decrypt')
  }
}

const byKind = 'byKind'

/** Media of channels go some days after they were written, by the tag that says how many; for good a day later. */
const liveExpiry: readonly LifecycleRule[] = keptDays.map((days) => ({
  prefix: 'timelines/live/',
  tagFilters: { [keepDaysTag]: String(days) },
  expiration: Duration.days(days),
  noncurrentVersionExpiration: Duration.days(1),
}))

function uploadBucket(scope: Construct, logs: IBucket): IBucket {
  return adoptableBucket(scope, 'Upload', {
    adopt: 'UploadBucket',
    versioned: true,
    // Many clients compare an ETag with the MD5 of what they sent, which it is not under a customer-managed key.
    encryption: BucketEncryption.S3_MANAGED,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 's3/upload/',
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      { noncurrentVersionExpiration: oldVersions, expiredObjectDeleteMarker: true },
      // Whatever of a feed is not taken within a day never is.
      { prefix: 'live/', expiration: Duration.days(1), noncurrentVersionExpiration: Duration.days(1) },
    ],
    cors: [
      {
        // Pages upload by presigned URLs and forms: the signature is the permission, cookies are never sent.
        allowedOrigins: ['*'],
        allowedMethods: [HttpMethods.PUT, HttpMethods.POST],
        allowedHeaders: ['content-type', 'content-md5', 'x-amz-*'],
        exposedHeaders: [
          'ETag',
          'Location',
          'x-amz-version-id',
          'x-amz-checksum-crc32',
          'x-amz-checksum-crc64nvme',
        ],
        maxAge: 3600,
      },
    ],
  })
}

const indexTable = (scope: Construct): ITableV2 =>
  houseTable(scope, 'Index', {
    adopt: 'IndexTable',
    indexes: { [byKind]: { partitionKey: 'kind', sortKey: 'updatedAt' } },
    stream: { adopt: 'IndexStream', view: StreamViewType.NEW_AND_OLD_IMAGES },
  })

/** Lets the log of CDK's bucket-notification function expire, which it otherwise never would; throws STACK_NOTIFIER. */
export function settleNotifier(scope: Construct): void {
  const notifier = Stack.of(scope).node.children.find(({ node }) =>
    node.id.startsWith('BucketNotificationsHandler'),
  )
  const resource = notifier?.node.defaultChild
  if (!notifier || !CfnResource.isCfnResource(resource)) {
    throw new HeadendError(
      'STACK_NOTIFIER',
      "stack: expected CDK's function for bucket notifications, got none",
    )
  }
  const log = houseLog(scope, 'NotifierLog')
  resource.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: log.logGroupName })
  Validations.of(notifier).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: "CDK's own function: it sets the bucket's notification, at a deploy only.",
  })
}
