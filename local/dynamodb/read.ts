/** GetItem, BatchGetItem, Query and Scan, each with what it costs its partition. */
import type { Store } from 'dynalite/db/index.js'
import type { Partition } from '../faults/index.ts'
import { isRecord, type JsonRecord, records } from '../json-input.ts'
import { act, validated } from './action.ts'
import { summedCapacity } from './capacity.ts'
import { pagedStore } from './indexes.ts'
import { itemBytes } from './item-size.ts'
import { hashName, indexPartition, isThrottle, type Load, partitionOf } from './load.ts'
import { getTable } from './storage.ts'
import type { AttributeValue, Item } from './types.ts'

/** AWS leaves out of a batch what goes past it. */
const maxBatchBytes = 16 * 1024 * 1024

type Read = (input: JsonRecord) => Promise<JsonRecord>

/** The reads of one database. */
export function reads(
  store: Store,
  load: Load,
): Readonly<Record<'GetItem' | 'BatchGetItem' | 'Query' | 'Scan', Read>> {
  /** Runs a read on one partition; its capacity is always counted, and shown where it was asked for. */
  const measured = async (
    operation: 'GetItem' | 'Query',
    input: Record<string, unknown>,
    {
      partition,
      name = operation,
      from = store,
    }: { readonly partition: Partition; readonly name?: string; readonly from?: Store },
  ): Promise<JsonRecord> => {
    await load.admit(name, partition, 'reads')
    const isAsked = asksCapacity(input)
    const output = await act(from, operation, isAsked ? input : { ...input, ReturnConsumedCapacity: 'TOTAL' })
    load.read(partition, output)
    if (isAsked) return output
    const { ConsumedCapacity: _, ...shown } = output
    return shown
  }

  const batch: Read = async (input) => {
    const checked = validated(store, 'BatchGetItem', input)
    const requested = isRecord(checked['RequestItems']) ? checked['RequestItems'] : {}
    const Responses: Record<string, Item[]> = {}
    const UnprocessedKeys: Record<string, { Keys: Item[] }> = {}
    const outputs: JsonRecord[] = []
    let bytes = 0
    for (const [TableName, request] of Object.entries(requested)) {
      if (!isRecord(request)) continue
      const { Keys: _, ...manner } = request
      const table = await getTable(store, TableName)
      const given = isRecord(input['RequestItems']) ? input['RequestItems'][TableName] : undefined
      const { Keys: __, ...asked } = isRecord(given) ? given : {}
      Responses[TableName] = []
      const found = await Promise.all(
        records(request, 'Keys').map(async (key) => {
          const Key = key as Item
          const get = { ...manner, TableName, Key, ReturnConsumedCapacity: 'TOTAL' }
          const partition = partitionOf(table, Key)
          try {
            return { Key, output: await measured('GetItem', get, { partition, name: 'BatchGetItem' }) }
          } catch (error) {
            if (isThrottle(error)) return { Key, error }
            throw error
          }
        }),
      )
      // In no order that anybody could rely on.
      for (const { Key, output, error } of found.toSorted((a, b) => scatter(a.Key) - scatter(b.Key))) {
        const item = output?.['Item'] as Item | undefined
        bytes += item === undefined ? 0 : itemBytes(item)
        if (error !== undefined || (item !== undefined && bytes > maxBatchBytes)) {
          UnprocessedKeys[TableName] ??= { ...asked, Keys: [] }
          UnprocessedKeys[TableName].Keys.push(Key)
        } else if (item !== undefined) Responses[TableName].push(item)
        if (output !== undefined) outputs.push(output)
      }
      const refused = found.find(({ error }) => error !== undefined)
      // A batch of which nothing could be read is an error, not an empty answer.
      if (refused && found.every(({ error }) => error !== undefined) && Object.keys(requested).length === 1)
        throw refused.error
    }
    return { Responses, UnprocessedKeys, ...(asksCapacity(checked) && summedCapacity(outputs)) }
  }

  return {
    async GetItem(input) {
      const checked = validated(store, 'GetItem', input)
      const table = await getTable(store, String(checked['TableName']))
      return measured('GetItem', checked, { partition: partitionOf(table, keyIn(checked)) })
    },
    BatchGetItem: batch,
    async Query(input) {
      const checked = {
        ...validated(store, 'Query', input),
        ConsistentRead: input['ConsistentRead'] === true,
      }
      return measured('Query', checked, {
        partition: await queriedPartition(store, checked),
        from: await pagedStore(store, checked),
      })
    },
    async Scan(input) {
      // dynalite's Scan does not know ConsistentRead, so it would not refuse it of an index.
      const ConsistentRead = input['ConsistentRead'] === true
      const checked: Record<string, unknown> = { ...validated(store, 'Scan', input), ConsistentRead }
      await load.admit('Scan', { resource: String(checked['TableName']), key: '' }, 'reads')
      return act(await pagedStore(store, checked), 'Scan', checked)
    },
  }
}

const asksCapacity = ({ ReturnConsumedCapacity: asked }: JsonRecord): boolean =>
  asked === 'TOTAL' || asked === 'INDEXES'

const keyIn = ({ Key: key }: Record<string, unknown>): Item => (isRecord(key) ? (key as Item) : {})

async function queriedPartition(store: Store, input: Record<string, unknown>): Promise<Partition> {
  const table = await getTable(store, String(input['TableName']))
  const name = input['IndexName']
  // A local index lies in the table's own partitions.
  const index = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name)
  const conditions = isRecord(input['KeyConditions']) ? input['KeyConditions'] : {}
  const condition = conditions[hashName((index ?? table).KeySchema)]
  const values = isRecord(condition) ? condition['AttributeValueList'] : undefined
  const value: AttributeValue | undefined = Array.isArray(values) ? values[0] : undefined
  if (index !== undefined) return indexPartition(table.TableName, index.IndexName, value)
  return partitionOf(table, value === undefined ? {} : { [hashName(table.KeySchema)]: value })
}

/** A number that has nothing to do with the order of the keys. */
function scatter(key: Item): number {
  let hash = 0
  for (const character of JSON.stringify(key)) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return hash
}
