/** Writes of items: what dynalite's action changes (item, index entries) and its stream record become one commit. */
import dynalite, { type Rows, type Store, type Write } from 'dynalite/db/index.js'
import type { Partition } from '../faults/index.ts'
import { AwsFault } from '../service.ts'
import { type Action, act, asFault, invalid } from './action.ts'
import { answer } from './callback.ts'
import type { Change, ChangeLog } from './change-log.ts'
import { itemBytes, maxItemBytes } from './item-size.ts'
import { type Load, partitionOf } from './load.ts'
import { getTable, indexPrefix, itemPrefix, type Storage } from './storage.ts'
import type { Item, Table } from './types.ts'

export type WriteAction = Extract<Action, 'PutItem' | 'UpdateItem' | 'DeleteItem'>

/** One validated write, and what its caller asked for beside it. */
export interface ItemWrite {
  readonly operation: WriteAction
  readonly input: Record<string, unknown>
  /** Whether a failed condition shows the item that failed it. */
  readonly returnItemOnFailure: boolean
  readonly expired?: boolean
}

/** What a write will change once it is committed. */
export interface Prepared {
  readonly output: Record<string, unknown>
  readonly writes: readonly Write[]
  readonly change: Change
}

/** Where writes go. */
export interface WriteTarget {
  readonly storage: Storage
  readonly changeLog: ChangeLog
  readonly load: Load
}

/** Does the write and answers when it is committed; `name` is the operation it is part of. */
export async function writeItem(
  { storage, changeLog, load }: WriteTarget,
  write: ItemWrite,
  name: string = write.operation,
): Promise<Record<string, unknown>> {
  if (!write.expired) await load.admit(name, await partitionIn(storage, write.input), 'writes')
  const { output } = await prepare(storage, write, async ({ writes, change }) => {
    // What expires is deleted by the service, which asks no capacity.
    if (!change.expired) load.write(change)
    await storage.commit([...writes, ...changeLog.record(change)])
    changeLog.committed([change])
  })
  return output
}

/**
 * Runs the action against a store that collects. `finish` runs while the item is still locked; without one the
 * caller holds the lock itself and commits later.
 */
export async function prepare(
  storage: Storage,
  { operation, input, returnItemOnFailure, expired = false }: ItemWrite,
  finish?: (prepared: Omit<Prepared, 'output'>) => Promise<void>,
): Promise<Prepared> {
  const table = await getTable(storage.store, String(input['TableName']))
  // Before the action runs: dynalite makes a new item of the very key object.
  const itemKey = primaryKey(input, table)
  const writes: Write[] = []
  let before: Item | undefined
  let change: Change | undefined

  const items = storage.store.getItemDb(table.TableName)
  const written = (key: string, after: Item | undefined, done: (error?: unknown) => void): void => {
    if (after !== undefined && itemBytes(after) > maxItemBytes) {
      done(invalid('Item size has exceeded the maximum allowed size'))
      return
    }
    const row = itemPrefix(table.TableName) + key
    writes.push(after === undefined ? { type: 'del', key: row } : { type: 'put', key: row, value: after })
    change = { table, ...(before && { before }), ...(after && { after }), expired }
    if (finish === undefined) done()
    else void answer(done, finish({ writes, change }))
  }
  const collecting: Rows = {
    ...items,
    lock: finish === undefined ? (_keys, run) => run((done) => done) : items.lock,
    get: (key, done) =>
      items.get(key, (error, item) => {
        before = item
        done(error, item)
      }),
    put: (key, item, done) => written(key, item, done),
    del: (key, done) => written(key, undefined, done),
  }
  // Index entries come before the item itself, and go where it goes.
  const indexRows = (type: string, name: string, index: string): Rows => {
    const row = (key: string) => indexPrefix(type, name, index) + indexRow(key, itemKey)
    return {
      ...storage.store.getIndexDb(type, name, index),
      put(key, item, done) {
        writes.push({ type: 'put', key: row(key), value: item })
        done()
      },
      del(key, done) {
        writes.push({ type: 'del', key: row(key) })
        done()
      },
    }
  }
  const store: Store = { ...storage.store, getItemDb: () => collecting, getIndexDb: indexRows }

  try {
    const output = await act(store, operation, input)
    if (change === undefined) throw new Error(`${operation} wrote nothing`)
    return { output, writes, change }
  } catch (error) {
    const failedCondition = error instanceof AwsFault && error.code === 'ConditionalCheckFailedException'
    if (!failedCondition || !returnItemOnFailure || before === undefined) throw error
    throw new AwsFault(error.code, error.message, error.status, { Item: before })
  }
}

/**
 * dynalite tells index entries with equal index keys apart by 24 bits of a hash, so of some thousand items one is
 * lost; the item's whole key behind it leaves nothing to chance.
 */
export function indexRow(key: string, itemKey: string): string {
  return `${key}/${itemKey}`
}

/** The partition a write is about. */
export async function partitionIn(storage: Storage, input: Record<string, unknown>): Promise<Partition> {
  const { Key: key, Item: item } = input as { readonly Key?: Item; readonly Item?: Item }
  return partitionOf(await getTable(storage.store, String(input['TableName'])), item ?? key ?? {})
}

/** The primary key a write is about, as the rows' key. */
export function primaryKey(input: Record<string, unknown>, table: Table): string {
  const { Key: key, Item: item } = input as { readonly Key?: Item; readonly Item?: Item }
  const wrong =
    item === undefined ? dynalite.validateKey(key ?? {}, table) : dynalite.validateItem(item, table)
  if (wrong != null) throw asFault(wrong)
  return dynalite.createKey(item ?? key ?? {}, table)
}
