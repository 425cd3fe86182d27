/** Reads many items of a DynamoDB table: all of them, or an error. */
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import type { BatchOf, StoredItem, Tables } from './signed-tables.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/** The clock and the source of randomness, replaced in tests. */
export interface BatchClock extends Pauses {
  readonly now: () => number
}

/** The limit of BatchGetItem. */
const maxKeys = 100
const maxTries = 8
/** Short because a viewer is waiting. */
const maxMs = 2000

/**
 * Returns the items that exist, in no order; throws TABLE_BUSY (503) when some could not be read. DynamoDB answers 200
 * with a partial result when a partition is busy or 16 MB are full, and an unread item must not look like a missing
 * one.
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

/** One call: the items read and the keys left out. DynamoDB answers with an error instead when it refuses every key. */
async function part(tables: Pick<Tables, 'batchGet'>, batch: BatchOf): ReturnType<Tables['batchGet']> {
  try {
    return await tables.batchGet(batch)
  } catch (error) {
    if (isThrottling(error)) return { items: [], unread: batch.keys }
    throw error
  }
}
