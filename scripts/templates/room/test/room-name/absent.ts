/** Room name for tests of the API that are not about it. */
import type { RoomNameStore } from '../../lib/room-name/store.ts'

/** There is no entry, and none can be stored. */
export const absentRoomName: RoomNameStore = {
  entry: () => Promise.resolve(undefined),
  page: () => Promise.resolve({ entries: [] }),
  put: () => Promise.resolve(false),
  remove: () => Promise.resolve(),
}
