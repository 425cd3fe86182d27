/** What an event of another room does. */
import { assetReady } from '../assets/index.ts'
import { readEvent } from '../platform/events/event-type.ts'
import { afterReady } from './entry.ts'
import { changeEntry, type Recorded } from './record-seen.ts'
import type { RoomNameStore } from './store.ts'

/**
 * Notes which timeline of an asset plays at the entry that bears its id; rejects where the event is to come again, or is
 * none that this room knows, so that it ends among the dead letters.
 */
export function recordReady(body: string, store: Pick<RoomNameStore, 'entry' | 'put'>): Promise<Recorded> {
  const ready = readEvent([assetReady], body)
  return changeEntry(store, ready.assetId, (before) => afterReady(before, ready))
}
