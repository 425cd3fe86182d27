/** All that the operator's API reads and writes in AWS, room by room, by the names its function is configured with. */
import { assetNames, assetPorts } from '../assets/api/store.ts'
import { presentationStore } from '../presentations/store.ts'
import { sessionStore } from './sessions/store.ts'

/** What the function must be told. */
export const apiNames = [...assetNames, 'SESSION_STORE'] as const

/** The ports of all rooms the API answers for, but rights, whose ports are made of more than names. */
export function apiPorts(config: Readonly<Record<(typeof apiNames)[number], string>>, now: () => number) {
  return {
    ...assetPorts(config, now),
    presentations: presentationStore({ table: config.INDEX_TABLE, mediaBucket: config.MEDIA_BUCKET }),
    sessions: sessionStore(config.SESSION_STORE),
  }
}
