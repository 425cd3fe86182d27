/** Channels for tests of the API that are not about it. */
import type { FeedCredentials } from '../../lib/channels/ingest-api/credentials.ts'
import type { CredentialStore } from '../../lib/channels/ingest-api/store.ts'
import type { ChannelStore } from '../../lib/channels/store.ts'

/** There is no channel, and none can be stored. */
export const absentChannels: ChannelStore = {
  channel: () => Promise.resolve(undefined),
  page: () => Promise.resolve({ channels: [] }),
  put: () => Promise.resolve(false),
  remove: () => Promise.resolve(),
}

/** Credentials in memory, written on condition as in the table. */
export function memoryCredentials(): CredentialStore {
  const rows = new Map<string, FeedCredentials>()
  return {
    credentials: (id) => Promise.resolve(rows.get(id)),
    put(row) {
      const held = (rows.get(row.channelId)?.revision ?? 0) === row.revision - 1
      if (held) rows.set(row.channelId, row)
      return Promise.resolve(held)
    },
    remove(id) {
      rows.delete(id)
      return Promise.resolve()
    },
  }
}
