/** The stores of the operator's API in AWS, room by room, by the names in its function's environment. */
import { assetNames, assetPorts } from '../assets/api/store.ts'
import { holdStore } from '../channels/holds/store.ts'
import type { PlacePorts } from '../channels/index.ts'
import { credentialStore } from '../channels/ingest-api/store.ts'
import { liveStore } from '../channels/live/store.ts'
import { channelStore } from '../channels/store.ts'
import { feedUploads } from '../channels/uploads/store.ts'
import { sendMessage } from '../platform/aws/send-message.ts'
import { programmeStore } from '../presentations/programmes/store.ts'
import { presentationStore } from '../presentations/store.ts'
import { sessionStore } from './sessions/store.ts'

/** The environment variables of the function. */
export const apiNames = [...assetNames, 'CHANNELS_TABLE', 'ARCHIVE_QUEUE', 'SESSION_STORE'] as const

/** The ports of all rooms with routes in the API, except rights, whose ports need more than names. */
export function apiPorts(config: Readonly<Record<(typeof apiNames)[number], string>>, now: () => number) {
  return {
    ...assetPorts(config, now),
    media: {
      holds: holdStore({ table: config.CHANNELS_TABLE }),
      tell: (hours: Parameters<PlacePorts['tell']>[0]) =>
        sendMessage(config.ARCHIVE_QUEUE, JSON.stringify(hours)),
      now,
    },
    programmes: programmeStore({ table: config.INDEX_TABLE }),
    presentations: presentationStore({ table: config.INDEX_TABLE, mediaBucket: config.MEDIA_BUCKET }),
    channels: channelStore({ table: config.CHANNELS_TABLE }),
    live: liveStore({ table: config.CHANNELS_TABLE }),
    feedCredentials: credentialStore({ table: config.CHANNELS_TABLE }),
    feedUploads: feedUploads(config.UPLOAD_BUCKET),
    sessions: sessionStore(config.SESSION_STORE),
  }
}
