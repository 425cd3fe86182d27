/** Uploads, as the ingest queue tells of them, become timelines. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { ingestBatch } from '../../lib/packaging/index.ts'
import { ingestStore } from '../../lib/packaging/store.ts'
import { s3Client, tableClient } from '../../lib/platform/clients.ts'
import { logOf } from '../../lib/platform/log.ts'
import { runtime, runtimeFront } from '../../lib/platform/runtime.ts'
import { showProtected } from '../../lib/rights/index.ts'
import { publishing, rightsRoom } from '../../lib/rights/store.ts'

const environment = (name: string): string => process.env[name] ?? ''
const client = tableClient()
const now = Date.now
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const places = { table: environment('RIGHTS_TABLE'), wrappingKey: environment('CONTENT_KEYS') }
const rights = rightsRoom(places, { client, now, randomBytes })
const s3 = s3Client()
const log = logOf({ handler: 'ingest' })
const { publish } = publishing(
  rights,
  {
    rightsTable: places.table,
    indexTable: environment('INDEX_TABLE'),
    mediaBucket: environment('MEDIA_BUCKET'),
    edgeStore: environment('SESSION_STORE'),
  },
  {
    client,
    s3,
    front: runtimeFront(),
    report: (event, error) => log.error(event, error),
    invalidation: runtime,
  },
)
const room = {
  ...ingestStore({
    s3,
    table: client,
    indexTable: environment('INDEX_TABLE'),
    uploadBucket: environment('UPLOAD_BUCKET'),
    mediaBucket: environment('MEDIA_BUCKET'),
    now,
  }),
  showProtected: showProtected(publish),
}

export async function handler({ Records }: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const messages = Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    body,
    attempts: Number(attributes.ApproximateReceiveCount),
  }))
  const again = await ingestBatch(messages, room, logOf({ handler: 'ingest', requestId: awsRequestId }))
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) }
}
