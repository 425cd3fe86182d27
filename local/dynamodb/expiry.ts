/** Time to live: deletes items whose second has passed, as the service and not as a user. */
import { AwsFault } from '../service.ts'
import { validated } from './action.ts'
import { itemPrefix, type Storage, startingWith } from './storage.ts'
import { tokenPrefix } from './transactions.ts'
import type { AttributeValue, Item, Table } from './types.ts'
import { type WriteTarget, writeItem } from './write.ts'

/** An item whose time is further back than this is taken for one whose attribute is no time at all. */
const fiveYearsSeconds = 5 * 365 * 24 * 60 * 60

/** Deletes what has expired in the tables; answers how many items went. */
export async function sweep(
  to: WriteTarget,
  { tables, nowMs }: { readonly tables: readonly Table[]; readonly nowMs: number },
): Promise<number> {
  const nowSeconds = Math.floor(nowMs / 1000)
  let deleted = 0
  for (const table of tables) {
    const attribute = table.Settings.expiresAt
    if (attribute === undefined) continue
    for await (const [, value] of to.storage.entries(startingWith(itemPrefix(table.TableName)))) {
      const item = value as Item
      const time = item[attribute]
      const seconds = Number(time?.N)
      if (time === undefined || !(seconds <= nowSeconds && seconds > nowSeconds - fiveYearsSeconds)) continue
      if (await remove(to, table, { item, attribute, time })) deleted += 1
    }
  }
  return deleted
}

/** Deletes the item unless its time was moved since it was read. */
async function remove(
  to: WriteTarget,
  table: Table,
  {
    item,
    attribute,
    time,
  }: { readonly item: Item; readonly attribute: string; readonly time: AttributeValue },
): Promise<boolean> {
  const input = validated(to.storage.store, 'DeleteItem', {
    TableName: table.TableName,
    Key: Object.fromEntries(table.KeySchema.map(({ AttributeName: name }) => [name, item[name]])),
    ConditionExpression: '#time = :time',
    ExpressionAttributeNames: { '#time': attribute },
    ExpressionAttributeValues: { ':time': time },
  })
  try {
    await writeItem(to, { operation: 'DeleteItem', input, returnItemOnFailure: false, expired: true })
    return true
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error
    // Changed or deleted meanwhile; the next sweep looks again.
    return false
  }
}

/** Forgets the tokens of transactions older than their ten minutes. */
export async function forgetTokens(storage: Storage, nowMs: number): Promise<void> {
  for await (const [key, value] of storage.entries(startingWith(tokenPrefix))) {
    if (Number((value as { readonly expiresMs?: unknown }).expiresMs) <= nowMs) {
      await storage.commit([{ type: 'del', key }])
    }
  }
}
