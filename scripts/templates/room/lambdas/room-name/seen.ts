/** Sightings of entries, as the queue of room name tells of them, are recorded. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { consumeQueue } from '../../lib/platform/batch.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { recordSeen } from '../../lib/room-name/index.ts'
import { roomNameStore } from '../../lib/room-name/store.ts'

const config = readConfig(['ROOM_NAME_TABLE'])
const store = roomNameStore({ table: config.ROOM_NAME_TABLE })

export function handler(event: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  const log = logOf({ handler: 'room-name/seen', requestId: awsRequestId })
  return consumeQueue(event, {
    log,
    failure: 'room name: record failed',
    each: async ({ id: messageId, body }) => {
      log.info('room name: message', { messageId, became: await recordSeen(body, store) })
    },
  })
}
