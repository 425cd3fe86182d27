/** BatchWriteItem: up to 25 puts and deletions, each by itself, none conditional. */
import { isRecord, type JsonRecord, records } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { invalid, validated } from './action.ts'
import { summedCapacity } from './capacity.ts'
import type { ChangeLog } from './change-log.ts'
import { getTable, type Storage } from './storage.ts'
import { type ItemWrite, primaryKey, writeItem } from './write.ts'

const maxWrites = 25

/** All keys are judged before the first item is written. */
export async function writeBatch(
  to: { readonly storage: Storage; readonly changeLog: ChangeLog },
  input: JsonRecord,
): Promise<JsonRecord> {
  const checked = validated(to.storage.store, 'BatchWriteItem', input)
  const requested = isRecord(checked['RequestItems']) ? checked['RequestItems'] : {}
  const writes: ItemWrite[] = []
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
      writes.push({
        operation: put === undefined ? 'DeleteItem' : 'PutItem',
        input: write,
        returnItemOnFailure: false,
      })
    }
  }
  if (writes.length > maxWrites) {
    throw invalid(
      `Too many items requested for the BatchWriteItem call: ${writes.length}, at most ${maxWrites}`,
    )
  }
  const outputs = await Promise.all(writes.map((write) => writeItem(to, write)))
  return { UnprocessedItems: {}, ...summedCapacity(outputs) }
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
