/** Secondary indexes: an index as it is described, filled from the items that are there, read past a start key. */
import dynalite, { type Rows, type Store, type Write } from 'dynalite/db/index.js'
import { type JsonRecord, optionalRecord, record, records, text } from '../json-input.ts'
import { account, region } from '../service.ts'
import { answer } from './callback.ts'
import { getTable, indexPrefix, itemPrefix, type Storage, startingWith } from './storage.ts'
import type { Index, Item, Table } from './types.ts'
import { indexRow } from './write.ts'

const rowsACommit = 500

/** An index of a CreateTable or UpdateTable request, as DescribeTable shows it. */
export function toIndex(table: string, input: JsonRecord): Index {
  const name = text(input, 'IndexName')
  return {
    IndexName: name,
    KeySchema: records(input, 'KeySchema') as unknown as Index['KeySchema'],
    Projection: record(input, 'Projection') as unknown as Index['Projection'],
    ProvisionedThroughput: {
      ReadCapacityUnits: 0,
      WriteCapacityUnits: 0,
      ...optionalRecord(input, 'ProvisionedThroughput'),
      NumberOfDecreasesToday: 0,
    },
    IndexArn: `arn:aws:dynamodb:${region}:${account}:table/${table}/index/${name}`,
    IndexStatus: 'ACTIVE',
    IndexSizeBytes: 0,
    ItemCount: 0,
  }
}

/** Writes the entries of the items that are there, each under its item's lock. */
export async function backfill(storage: Storage, table: Table, index: Index): Promise<void> {
  const prefix = itemPrefix(table.TableName)
  const { lock } = storage.store.getItemDb(table.TableName)
  let keys: string[] = []
  const flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (keys.length === 0) return resolve()
      const group = keys
      keys = []
      lock(group, (release) => {
        const done = release((error?: unknown) => (error === null ? resolve() : reject(error)))
        const filled = entriesOf(storage, table, { index, keys: group }).then((writes) =>
          storage.commit(writes),
        )
        void answer(done, filled)
      })
    })
  for await (const [row] of storage.entries(startingWith(prefix))) {
    keys.push(row.slice(prefix.length))
    if (keys.length === rowsACommit) await flush()
  }
  await flush()
}

async function entriesOf(
  storage: Storage,
  table: Table,
  { index, keys }: { readonly index: Index; readonly keys: readonly string[] },
): Promise<readonly Write[]> {
  const writes: Write[] = []
  for (const key of keys) {
    // Read again, now that it is locked: it may have changed or gone since it was listed.
    const item = await storage.get(itemPrefix(table.TableName) + key)
    if (item === undefined) continue
    const { puts } = dynalite.getIndexActions([index], undefined, item as Item, table)
    for (const put of puts) {
      const row = indexPrefix('Global', table.TableName, index.IndexName) + indexRow(put.key, key)
      writes.push({ type: 'put', key: row, value: put.item })
    }
  }
  return writes
}

/**
 * The store for a Query or Scan of an index. dynalite starts a page behind the hash-suffixed index key of
 * ExclusiveStartKey; the rows here have the item's key behind that, so the bound gets it, too.
 */
export async function pagedStore(store: Store, input: Record<string, unknown>): Promise<Store> {
  const { IndexName: name, ExclusiveStartKey: start } = input
  if (name === undefined || start === undefined) return store
  const table = await getTable(store, String(input['TableName']))
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
  const index = indexes.find(({ IndexName }) => IndexName === name)
  const complete = (keys: Table['KeySchema']): boolean =>
    keys.every(({ AttributeName }) => (start as Item)[AttributeName] !== undefined)
  // An incomplete start key is dynalite's to refuse.
  if (index === undefined || !complete(index.KeySchema) || !complete(table.KeySchema)) return store
  const short = dynalite.createIndexKey(start as Item, table, index.KeySchema)
  const full = indexRow(short, dynalite.createKey(start as Item, table))
  const moved = (bound: string | undefined): string | undefined => (bound === short ? full : bound)
  return {
    ...store,
    getIndexDb(type, tableName, indexName): Rows {
      const rows = store.getIndexDb(type, tableName, indexName)
      return {
        ...rows,
        createValueStream({ gt, lt, ...range }) {
          const [above, below] = [moved(gt), moved(lt)]
          return rows.createValueStream({
            ...range,
            ...(above !== undefined && { gt: above }),
            ...(below !== undefined && { lt: below }),
          })
        },
      }
    },
  }
}
