/** Films whose sound lies scattered, as stored placements tell of them, get it written once more in one piece. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { sideCarMessage } from '../../lib/packaging/index.ts'
import { sideCarStore } from '../../lib/packaging/store.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const { UPLOAD_BUCKET, MEDIA_BUCKET } = readConfig(['UPLOAD_BUCKET', 'MEDIA_BUCKET'])
const room = sideCarStore(s3Client(), { uploadBucket: UPLOAD_BUCKET, mediaBucket: MEDIA_BUCKET })

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'sound-side-car', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'sound side-car failed',
    each: ({ body }) => sideCarMessage(body, room, log),
  })
}
