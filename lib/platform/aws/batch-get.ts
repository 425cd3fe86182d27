/** Many items of a DynamoDB table in one answer that is whole, or none. */
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Pauses, pauseMs, realPauses } from '../retry.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/** Which items. */
export interface BatchOf {
  readonly table: string
  /** Primary keys; none twice. */
  readonly keys: readonly Readonly<Record<string, string>>[]
  /** Whether every write before is seen; costs twice. */
  readonly isConsistent: boolean
}

/** A stored item. */
export type StoredItem = Readonly<Record<string, unknown>>

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
  client: DynamoDBDocumentClient,
  { table, keys, isConsistent }: BatchOf,
  clock: BatchClock = { ...realPauses, now: Date.now },
): Promise<StoredItem[]> {
  const found: StoredItem[] = []
  const endMs = clock.now() + maxMs
  for (let from = 0; from < keys.length; from += maxKeys) {
    let left: StoredItem[] = keys.slice(from, from + maxKeys)
    for (let turn = 0; left.length > 0; turn++) {
      if (turn >= maxTries || (turn > 0 && clock.now() >= endMs)) throw tableBusy(table)
      if (turn > 0) await clock.sleep(pauseMs(turn, clock.random))
      const { items, unread } = await part(client, { table, keys: left, isConsistent })
      found.push(...items)
      left = unread
    }
  }
  return found
}

/** One call: what it gave, and what it left out; of keys that are all refused DynamoDB makes an error instead. */
async function part(
  client: DynamoDBDocumentClient,
  {
    table,
    keys,
    isConsistent,
  }: { readonly table: string; readonly keys: StoredItem[]; readonly isConsistent: boolean },
): Promise<{ readonly items: readonly StoredItem[]; readonly unread: StoredItem[] }> {
  try {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: isConsistent } } }),
    )
    return { items: Responses?.[table] ?? [], unread: UnprocessedKeys?.[table]?.Keys ?? [] }
  } catch (error) {
    if (isThrottling(error)) return { items: [], unread: keys }
    throw error
  }
}
