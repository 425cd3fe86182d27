/** Ingest by HTTP: the function and its HTTP API, which encoders reach through the distribution. */
import { Duration } from 'aws-cdk-lib'
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Packaging } from '../packaging/construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { HouseHttpApi } from '../platform/constructs/http-api.construct.ts'
import type { ViewerOrigin } from '../platform/constructs/viewer-api.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface IngestApiProps {
  readonly dist: string
  readonly packaging: Packaging
  readonly table: ITableV2
  /** Where the archiver is told of hours that are sealed. */
  readonly hours: IQueue
}

/** Constructs are created in `scope` itself to keep logical IDs short. */
export class IngestApi {
  readonly origin: ViewerOrigin
  readonly watches: readonly Watch[]

  constructor(scope: Construct, { dist, packaging, table, hours }: IngestApiProps) {
    const ingest = new HouseFunction(scope, 'ChannelsIngest', {
      dist,
      bundle: 'channels/ingest',
      description: 'Takes what encoders send by HTTP',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
      environment: {
        CHANNELS_TABLE: table.tableName,
        UPLOAD_BUCKET: packaging.upload.bucketName,
        MEDIA_BUCKET: packaging.media.bucketName,
        ARCHIVE_QUEUE: hours.queueUrl,
      },
    })
    packaging.grantReadTimelines(ingest)
    packaging.grantWriteLive(ingest)
    // What must wait for other objects takes its turn behind the queue.
    packaging.grantUploadFeeds(ingest)
    ingest.grantActions(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], table.tableArn)
    ingest.grantActions(['sqs:SendMessage'], hours.queueArn)
    const api = new HouseHttpApi(scope, 'Ingest', {
      description: 'Feeds of encoders',
      handler: ingest,
      routes: [
        {
          path: '/ingest/{channelId}/{path+}',
          methods: [HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE],
          openBecause: 'The function checks name and password; HTTP Basic is not for the gateway to check.',
        },
      ],
      perSecond: 2000,
    })
    this.origin = { pathPattern: '/ingest/*', domainName: api.domainName, asksForPassword: true }
    this.watches = [
      ingest.watchFaults(
        'Ingest by HTTP faults',
        'Encoders are answered with errors that are ours: read the log of ChannelsIngest.',
        api.answers,
      ),
      api.watchLatency(
        'ChannelsIngestLatency',
        'Ingest by HTTP p99',
        'Encoders wait for their answers, and fall behind: see the log of ChannelsIngest, and what the table throttles.',
        3000,
      ),
    ]
  }
}
