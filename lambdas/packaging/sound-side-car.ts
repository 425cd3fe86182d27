/** Films whose sound lies scattered, as stored placements tell of them, get it written once more in one piece. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { sideCarBatch } from '../../lib/packaging/index.ts'
import { sideCarStore } from '../../lib/packaging/store.ts'
import { s3Client } from '../../lib/platform/clients.ts'
import { logOf } from '../../lib/platform/log.ts'

const room = sideCarStore(s3Client(), {
  uploadBucket: process.env['UPLOAD_BUCKET'] ?? '',
  mediaBucket: process.env['MEDIA_BUCKET'] ?? '',
})

export async function handler({ Records }: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const messages = Records.map(({ messageId, body, attributes }) => ({
    id: messageId,
    body,
    attempts: Number(attributes.ApproximateReceiveCount),
  }))
  const again = await sideCarBatch(
    messages,
    room,
    logOf({ handler: 'sound-side-car', requestId: awsRequestId }),
  )
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) }
}
