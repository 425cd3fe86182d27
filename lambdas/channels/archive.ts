/** Consumes the archiver's queue: writes the media of sealed hours as a few large objects, and keeps what is held. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { archivePorts } from '../../lib/channels/archive/store.ts'
import { archiveMessage } from '../../lib/channels/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const { CHANNELS_TABLE, MEDIA_BUCKET } = readConfig(['CHANNELS_TABLE', 'MEDIA_BUCKET'])
const ports = archivePorts({ s3: s3Client(), table: CHANNELS_TABLE, mediaBucket: MEDIA_BUCKET })

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'channels/archive', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'archive failed',
    each: ({ body }) => archiveMessage(body, ports, log),
  })
}
