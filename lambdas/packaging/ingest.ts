/** Uploads, as the ingest queue tells of them, become timelines. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { ingestBatch } from '../../lib/packaging/index.ts'
import { ingestStore } from '../../lib/packaging/store.ts'
import { s3Client, tableClient } from '../../lib/platform/clients.ts'
import { logOf } from '../../lib/platform/log.ts'
import { runtime, runtimeFront } from '../../lib/platform/runtime.ts'
import { showProtected } from '../../lib/rights/index.ts'
import { publishing } from '../../lib/rights/store.ts'

const environment = (name: string): string => process.env[name] ?? ''
const client = tableClient()
const now = Date.now
const s3 = s3Client()
const log = logOf({ handler: 'ingest' })
const { publish } = publishing(environment, {
  client,
  s3,
  front: runtimeFront(),
  invalidation: runtime,
  now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  report: (event, error) => log.error(event, error),
})
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
