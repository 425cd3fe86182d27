/** Assets that play, as the event bus tells of them, are noted at the entries of room name that bear their ids. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { recordReady } from '../../lib/room-name/index.ts'
import { roomNameStore } from '../../lib/room-name/store.ts'

const config = readConfig(['ROOM_NAME_TABLE'])
const store = roomNameStore({ table: config.ROOM_NAME_TABLE })

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'room-name/asset-ready', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'room name: event failed',
    each: async ({ id: messageId, body }) => {
      log.info('room name: event', { messageId, became: await recordReady(body, store) })
    },
  })
}
