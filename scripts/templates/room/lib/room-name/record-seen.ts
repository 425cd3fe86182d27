/** What a message of the queue does. */
import { HeadendError } from '../errors.ts'
import { afterSeen, parseSeen, type RoomNameEntry } from './entry.ts'
import type { RoomNameStore } from './store.ts'

/** What became of a message: nothing new, or nothing to tell of, is no fault. */
export type Recorded = 'recorded' | 'known' | 'no entry'

/** Records when an entry was seen; rejects where the message is to come again. */
export function recordSeen(body: string, store: Pick<RoomNameStore, 'entry' | 'put'>): Promise<Recorded> {
  const seen = parseSeen(body)
  return changeEntry(store, seen.id, (before) => afterSeen(before, seen))
}

/** Puts in an entry's place what `change` makes of it, which is undefined where that is nothing new. */
export async function changeEntry(
  store: Pick<RoomNameStore, 'entry' | 'put'>,
  id: string,
  change: (before: RoomNameEntry) => RoomNameEntry | undefined,
): Promise<Recorded> {
  const before = await store.entry(id)
  if (!before) return 'no entry'
  const after = change(before)
  if (!after) return 'known'
  if (await store.put(after)) return 'recorded'
  throw new HeadendError(
    'ROOM_NAME_RACE',
    `${id}: expected revision ${before.revision}, got another; somebody else changed it at the same time`,
    { status: 503 },
  )
}
