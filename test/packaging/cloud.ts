/** The room of packaging on the local cloud: real SDK, real wire, real events. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { ingestMessage } from '../../lib/packaging/ingest/ingest.ts'
import type { IngestPorts } from '../../lib/packaging/ingest/ingest-ports.ts'
import type { Packager } from '../../lib/packaging/segments/packager.ts'
import { mediaReader } from '../../lib/packaging/segments/stored-media.ts'
import { ingestStore } from '../../lib/packaging/store.ts'
import { objectReader, readObject } from '../../lib/platform/aws/objects.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { logOf } from '../../lib/platform/log.ts'
import { publishProtection, showProtected } from '../../lib/rights/index.ts'
import { rightsPorts } from '../../lib/rights/store.ts'
import { decodeHead, decodeTimeline } from '../../lib/timeline/stored.ts'
import type { Timeline } from '../../lib/timeline/timeline.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { createFaults, type Faults } from '../../local/faults/index.ts'
import { createKeyValueStores } from '../../local/key-value-store/index.ts'
import { createParameters } from '../../local/parameters/index.ts'
import { startS3 } from '../local/s3/harness.ts'
import { allow, clientOf, scratch, serve } from '../local/serve.ts'
import { queueEvent } from '../platform/queue-event.ts'
import { memoryShelf } from '../rights/publication/memory-store.ts'
import { indexTable, rightsTable } from './reading/tables.ts'
import { clearPackager } from './segments/clear-packager.ts'

const marksArn = 'arn:aws:cloudfront::000000000000:key-value-store/marks'

/** What packaging has in AWS. */
export interface Cloud {
  readonly s3: S3Client
  /** What the SDK finds in a function's environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly ports: IngestPorts
  /** Lines of the log. */
  readonly lines: string[]
  readonly packager: Packager
  /** Uploads, and gives the message S3 sends of it. */
  put(key: string, body: Uint8Array | string): Promise<string>
  /** Hands messages to ingest; gives how many are to come again. */
  ingest(
    bodies: readonly string[],
    options?: { readonly ports?: IngestPorts; readonly attempts?: number },
  ): Promise<number>
  item(assetId: string): Promise<Record<string, unknown> | undefined>
  putItem(item: Readonly<Record<string, unknown>>): Promise<void>
  /** How far indexing was at its last step. */
  progress(assetId: string): Promise<unknown>
  /** What goes wrong with tables. */
  readonly faults: Faults
  timeline(assetId: string): Promise<Timeline>
  close(): Promise<void>
}

/** Starts S3 with both buckets and DynamoDB with the index. */
export async function openCloud(): Promise<Cloud> {
  const directory = await scratch()
  const faults = createFaults()
  const dynamoDb = await createDynamoDb({
    path: directory.path,
    authorize: allow,
    sweepEveryMs: false,
    faults,
  })
  await dynamoDb.createTable('index', indexTable)
  await dynamoDb.createTable('rights', rightsTable)
  const served = await serve(dynamoDb)
  const marks = await createKeyValueStores({ path: `${directory.path}/marks`, authorize: allow })
  await marks.createStore('marks', marksArn)
  const servedMarks = await serve(marks)
  const parameters = createParameters({ authorize: allow })
  parameters.put('/Headend/front', {
    Value: JSON.stringify({
      playbackUrl: 'https://play.example',
      licenceUrl: 'https://licence.example/licence',
      distributionId: 'E1',
    }),
  })
  const servedFront = await serve(parameters)
  const storage = await startS3({ faults })
  await storage.s3.createBucket({
    name: 'upload',
    versioned: true,
    notifications: [
      {
        id: 'all',
        events: ['s3:ObjectCreated:*'],
        target: 'queue',
        arn: 'arn:aws:sqs:us-east-1:000000000000:ingest',
      },
    ],
  })
  await storage.s3.createBucket({ name: 'media' })
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(clientOf(served.endpoint)), {
    marshallOptions: { removeUndefinedValues: true },
  })
  const s3 = storage.clientWith({ responseChecksumValidation: 'WHEN_REQUIRED' })
  const buckets = { uploadBucket: 'upload', mediaBucket: 'media' }
  let clock = Date.parse('2026-01-01T00:00:00Z')
  const rights = rightsPorts(
    { table: 'rights', wrappingKey: 'none' },
    {
      tables: signedTables(served),
      now: () => clock,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    },
  )
  const store = memoryShelf(undefined)
  const ports = {
    ...ingestStore({ ...buckets, s3, table, indexTable: 'index', now: () => clock++ }),
    showProtected: showProtected((contentId, { change, arriving }) =>
      publishProtection(rights, contentId, {
        store,
        licenceUrl: 'https://licence.example/licence',
        change,
        ...(arriving && { arriving }),
      }),
    ),
  }
  const lines: string[] = []
  const text = async (key: string): Promise<string> =>
    new TextDecoder().decode(await readObject(s3, { bucket: 'media', key }))
  const row = async (assetId: string, sk: string) =>
    (await table.send(new GetCommand({ TableName: 'index', Key: { pk: `vod/${assetId}`, sk } }))).Item
  const item: Cloud['item'] = (assetId) => row(assetId, 'asset')
  return {
    s3,
    environment: {
      AWS_ENDPOINT_URL_S3: storage.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: served.endpoint,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: servedMarks.endpoint,
      SESSION_STORE: marksArn,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      UPLOAD_BUCKET: 'upload',
      MEDIA_BUCKET: 'media',
      INDEX_TABLE: 'index',
      CHANNELS_TABLE: 'channels',
      RIGHTS_TABLE: 'rights',
      CONTENT_KEYS: 'none',
      FRONT_PARAMETER: '/Headend/front',
      AWS_ENDPOINT_URL_SSM: servedFront.endpoint,
    },
    ports,
    lines,
    packager: clearPackager(mediaReader(objectReader(s3), buckets)),
    item,
    async putItem(Item) {
      await table.send(new PutCommand({ TableName: 'index', Item }))
    },
    progress: async (assetId) => (await row(assetId, 'progress'))?.['progress'],
    faults,
    async put(key, body) {
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: 'upload', Key: key, Body: body }))
      for (let turn = 0; turn < 200; turn++) {
        const event = storage.events.find(({ record }) => record.s3.object.versionId === VersionId)
        if (event) return JSON.stringify({ Records: [event.record] })
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      throw new Error(`no event for ${key}`)
    },
    async ingest(bodies, { ports: other = ports, attempts = 1 } = {}) {
      const log = logOf({}, (line) => lines.push(line))
      const { batchItemFailures } = await consumeQueue(queueEvent(bodies, attempts), {
        log,
        failure: 'ingest failed',
        each: (message) =>
          ingestMessage(message.body, { ports: other, log, attempts, isLast: attempts >= 5 }),
      })
      return batchItemFailures.length
    },
    async timeline(assetId) {
      const version = String((await item(assetId))?.['version'])
      const prefix = `timelines/vod/${assetId}/${version}/`
      const head = decodeHead(await text(`${prefix}timeline.json`))
      const parts = new Map<string, string>()
      for (const { name } of head.pages) parts.set(name, await text(prefix + name))
      return decodeTimeline(head, parts)
    },
    async close() {
      await storage.stop()
      await served.close()
      await servedMarks.close()
      await servedFront.close()
      await dynamoDb.close()
      await marks.close()
      await directory.remove()
    },
  }
}
