/** Many items of a DynamoDB table in one answer that is whole, or none. */
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import type { BatchOf, StoredItem, Tables } from './signed-tables.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/** Clock and chance, for tests. */
export interface BatchClock extends Pauses {
  readonly now: () => number
}

/** What DynamoDB takes at once. */
const maxKeys = 100
const maxTries = 8
/** A viewer waits for it. */
const maxMs = 2000

/**
 * The items that are there, in no order; throws TABLE_BUSY (503) where some could not be read. DynamoDB answers 200
 * with a part when a partition is busy or 16 MB are full, and what it left out must not look like what is not there.
 */
export async function batchGet(
  tables: Pick<Tables, 'batchGet'>,
  { table, keys, isConsistent }: BatchOf,
  clock: BatchClock = { ...realPauses, now: Date.now },
): Promise<StoredItem[]> {
  const found: StoredItem[] = []
  const endMs = clock.now() + maxMs
  for (let from = 0; from < keys.length; from += maxKeys) {
    let left: readonly StoredItem[] = keys.slice(from, from + maxKeys)
    for (let turn = 0; left.length > 0; turn++) {
      if (turn >= maxTries || (turn > 0 && clock.now() >= endMs)) throw tableBusy(table)
      if (turn > 0) await clock.sleep(pauseMs(turn, clock.random))
      const { items, unread } = await part(tables, { table, keys: left, isConsistent })
      found.push(...items)
      left = unread
    }
  }
  return found
}

/** One call: what it gave, and what it left out; of keys that are all refused DynamoDB makes an error instead. */
async function part(tables: Pick<Tables, 'batchGet'>, batch: BatchOf): ReturnType<Tables['batchGet']> {
  try {
    return await tables.batchGet(batch)
  } catch (error) {
    if (isThrottling(error)) return { items: [], unread: batch.keys }
    throw error
  }
}
