/** What a message of the queue does. */
import { HeadendError } from '../errors.ts'
import { afterSeen, parseSeen } from './entry.ts'
import type { RoomNameStore } from './store.ts'

/** What became of a message: nothing new, or nothing to tell of, is no fault. */
export type Recorded = 'recorded' | 'known' | 'no entry'

/** Records when an entry was seen; rejects where the message is to come again. */
export async function recordSeen(
  body: string,
  store: Pick<RoomNameStore, 'entry' | 'put'>,
): Promise<Recorded> {
  const seen = parseSeen(body)
  const before = await store.entry(seen.id)
  if (!before) return 'no entry'
  const after = afterSeen(before, seen)
  if (!after) return 'known'
  if (await store.put(after)) return 'recorded'
  throw new HeadendError(
    'ROOM_NAME_RACE',
    `${seen.id}: expected revision ${before.revision}, got another; somebody else changed it at the same time`,
    { status: 503 },
  )
}
