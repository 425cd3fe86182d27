/** Consumes the queue of channels: turns what encoders upload into live timelines. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { notedRefusals, seenCues, takeMessage } from '../../lib/channels/index.ts'
import { feedPorts, untoldReader, uploadReader } from '../../lib/channels/ingest/store.ts'
import { feedMemory } from '../../lib/packaging/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const config = readConfig(['CHANNELS_TABLE', 'UPLOAD_BUCKET', 'MEDIA_BUCKET', 'ARCHIVE_QUEUE'])
const s3 = s3Client()
const ports = feedPorts({
  s3,
  table: config.CHANNELS_TABLE,
  mediaBucket: config.MEDIA_BUCKET,
  archiveQueue: config.ARCHIVE_QUEUE,
  now: Date.now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
})
const memory = feedMemory()
const upload = uploadReader(s3, config.UPLOAD_BUCKET, memory)
const untold = untoldReader(s3, config.UPLOAD_BUCKET, upload)
const seen = seenCues()
const noted = notedRefusals()

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'channels/feed', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'feed failed',
    each: ({ body }) => takeMessage(body, { ...ports, memory, upload, untold, seen, noted, log }),
  })
}
