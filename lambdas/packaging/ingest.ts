/** Uploads, as the ingest queue tells of them, become timelines. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { ingestBatch } from '../../lib/packaging/index.ts'
import { ingestStore } from '../../lib/packaging/store.ts'
import { s3Client, tableClient } from '../../lib/platform/clients.ts'
import { logOf } from '../../lib/platform/log.ts'

const room = ingestStore({
  s3: s3Client(),
  table: tableClient(),
  indexTable: process.env['INDEX_TABLE'] ?? '',
  uploadBucket: process.env['UPLOAD_BUCKET'] ?? '',
  mediaBucket: process.env['MEDIA_BUCKET'] ?? '',
  now: Date.now,
})

export async function handler({ Records }: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const messages = Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    body,
    attempts: Number(attributes.ApproximateReceiveCount),
  }))
  const again = await ingestBatch(messages, room, logOf({ handler: 'ingest', requestId: awsRequestId }))
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) }
}
