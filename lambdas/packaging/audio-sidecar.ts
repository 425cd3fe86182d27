/** Consumes the audio-sidecar queue: rewrites interleaved audio of published assets into one contiguous object. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { sidecarMessage } from '../../lib/packaging/index.ts'
import { sidecarStore } from '../../lib/packaging/store.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const { UPLOAD_BUCKET, MEDIA_BUCKET } = readConfig(['UPLOAD_BUCKET', 'MEDIA_BUCKET'])
const ports = sidecarStore(s3Client(), { uploadBucket: UPLOAD_BUCKET, mediaBucket: MEDIA_BUCKET })

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'audio-sidecar', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'audio sidecar failed',
    each: ({ body }) => sidecarMessage(body, ports, log),
  })
}
