/** The minute's clock of channels: invoked by a schedule. */
import type { Context } from 'aws-lambda'
import { clockPorts } from '../../lib/channels/clock/store.ts'
import { runMinute } from '../../lib/channels/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const config = readConfig(['CHANNELS_TABLE', 'MEDIA_BUCKET', 'ARCHIVE_QUEUE'])
const s3 = s3Client()

export async function handler(_event: unknown, { awsRequestId }: Context) {
  return runMinute(
    clockPorts({
      s3,
      table: config.CHANNELS_TABLE,
      mediaBucket: config.MEDIA_BUCKET,
      archiveQueue: config.ARCHIVE_QUEUE,
      now: Date.now,
      log: logOf({ handler: 'channels/minute', requestId: awsRequestId }),
    }),
  )
}
