/** Consumes the ingest queue: turns uploads into timelines. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { ingestMessage } from '../../lib/packaging/index.ts'
import { ingestStore } from '../../lib/packaging/store.ts'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { runtime, runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { showProtected } from '../../lib/rights/index.ts'
import { publishing, publishingNames } from '../../lib/rights/store.ts'

const config = readConfig(['INDEX_TABLE', 'UPLOAD_BUCKET', 'MEDIA_BUCKET', 'QUEUE_ATTEMPTS'])
const client = tableClient()
const now = Date.now
const s3 = s3Client()
const log = logOf({ handler: 'ingest' })
const { publish } = publishing(readConfig(publishingNames), {
  client,
  s3,
  front: runtimeFront(),
  invalidation: runtime,
  now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  report: (event, error) => log.error(event, error),
})
const ports = {
  ...ingestStore({
    s3,
    table: client,
    indexTable: config.INDEX_TABLE,
    uploadBucket: config.UPLOAD_BUCKET,
    mediaBucket: config.MEDIA_BUCKET,
    now,
  }),
  showProtected: showProtected(publish),
}

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const attemptLog = logOf({ handler: 'ingest', requestId: awsRequestId })
  return consumeQueue(event, {
    log: attemptLog,
    failure: 'ingest failed',
    each: ({ body, attempts }) =>
      ingestMessage(body, {
        ports,
        log: attemptLog,
        attempts,
        isLast: attempts >= Number(config.QUEUE_ATTEMPTS),
      }),
  })
}
