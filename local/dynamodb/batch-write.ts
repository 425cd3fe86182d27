/** BatchWriteItem: up to 25 puts and deletions, each by itself, none conditional. */
import { isRecord, type JsonRecord, records } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { invalid, validated } from './action.ts'
import { summedCapacity } from './capacity.ts'
import { isThrottle } from './load.ts'
import { getTable } from './storage.ts'
import { type ItemWrite, primaryKey, type WriteTarget, writeItem } from './write.ts'

const maxWrites = 25

interface Asked {
  readonly table: string
  readonly entry: JsonRecord
  readonly write: ItemWrite
}

/** All keys are judged before the first item is written; what a busy partition does not take is handed back. */
export async function writeBatch(to: WriteTarget, input: JsonRecord): Promise<JsonRecord> {
  const checked = validated(to.storage.store, 'BatchWriteItem', input)
  const requested = isRecord(checked['RequestItems']) ? checked['RequestItems'] : {}
  const asked: Asked[] = []
  const seen = new Set<string>()
  for (const TableName of Object.keys(requested)) {
    const table = await getTable(to.storage.store, TableName)
    for (const entry of records(requested, TableName)) {
      const put = isRecord(entry['PutRequest']) ? entry['PutRequest'] : undefined
      const write = {
        TableName,
        ReturnConsumedCapacity: checked['ReturnConsumedCapacity'],
        ...(put ?? (isRecord(entry['DeleteRequest']) ? entry['DeleteRequest'] : {})),
      }
      const key = `${TableName} ${keyOf(write, table)}`
      if (seen.has(key)) throw invalid('Provided list of item keys contains duplicates')
      seen.add(key)
      const operation = put === undefined ? 'DeleteItem' : 'PutItem'
      asked.push({
        table: TableName,
        entry: structuredClone(entry),
        write: { operation, input: write, returnItemOnFailure: false },
      })
    }
  }
  if (asked.length > maxWrites) {
    throw invalid(
      `Too many items requested for the BatchWriteItem call: ${asked.length}, at most ${maxWrites}`,
    )
  }
  const refused: Asked[] = []
  let throttle: unknown
  const outputs = await Promise.all(
    asked.map(async (each) => {
      try {
        return await writeItem(to, each.write, 'BatchWriteItem')
      } catch (error) {
        if (!isThrottle(error)) throw error
        throttle = error
        refused.push(each)
        return {}
      }
    }),
  )
  if (refused.length === asked.length) throw throttle
  const byTable = Map.groupBy(refused, ({ table }) => table)
  const left = Array.from(byTable, ([table, all]) => [table, all.map(({ entry }) => entry)])
  return { UnprocessedItems: Object.fromEntries(left), ...summedCapacity(outputs) }
}

/** In a batch AWS says every wrong key in one way. */
function keyOf(...write: Parameters<typeof primaryKey>): string {
  try {
    return primaryKey(...write)
  } catch (error) {
    if (error instanceof AwsFault && /Missing the key|Type mismatch for key/.test(error.message)) {
      throw invalid('The provided key element does not match the schema')
    }
    throw error
  }
}
