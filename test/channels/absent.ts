/** Channels for tests of the API that are not about it. */
import type { ChannelStore } from '../../lib/channels/store.ts'

/** There is no channel, and none can be stored. */
export const absentChannels: ChannelStore = {
  channel: () => Promise.resolve(undefined),
  page: () => Promise.resolve({ channels: [] }),
  put: () => Promise.resolve(false),
  remove: () => Promise.resolve(),
}
