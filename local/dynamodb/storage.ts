/**
 * Tables, items, indexes and stream records in one LevelDB, reached through dynalite's own key layout.
 * Every write is one atomic batch handed to the operating system before it is acknowledged, so a killed process
 * loses nothing; what a machine that loses power keeps is up to its disk.
 */
import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import dynalite, { type Level, type Range, type Rows, type Store, type Write } from 'dynalite/db/index.js'
import { asFault } from './action.ts'
import { answer } from './callback.ts'
import { maxItemBytes } from './item-size.ts'
import type { Item, Table } from './types.ts'

export interface Storage {
  /** What dynalite's actions read through; writes go through `operation.ts`. */
  readonly store: Store
  /** Applied as a whole; commits become visible in the order they were asked for. */
  commit(writes: readonly Write[]): Promise<void>
  get(key: string): Promise<unknown>
  /** Keys and values in order. */
  entries(range: Range): AsyncIterable<[string, unknown]>
  clear(range: Range): Promise<void>
  close(): Promise<void>
}

/** Where dynalite keeps things: the table's own record, its items, its index entries. */
export const tablePrefix = 'table~'
export const itemPrefix = (table: string): string => `item-${table}~`
/** One index's entries, or those of all the table's indexes of a type. */
export const indexPrefix = (type: string, table: string, index?: string): string =>
  `index-${type.toLowerCase()}~${table}~${index === undefined ? '' : `${index}~`}`

/** Every key that starts with the prefix; keys are ASCII. */
export function startingWith(prefix: string): { readonly gte: string; readonly lt: string } {
  return { gte: prefix, lt: `${prefix}\u00ff` }
}

export async function openStorage(path: string): Promise<Storage> {
  await mkdir(path, { recursive: true })
  const created = dynalite.create({ path })
  const { db } = created
  await db.open()

  const store: Store = {
    options: { maxItemSize: maxItemBytes },
    getTable: (...call) => created.getTable(...call),
    getItemDb: (table) => rows(db, itemPrefix(table), created.getItemDb(table)),
    getIndexDb: (type, table, index) =>
      rows(db, indexPrefix(type, table, index), created.getIndexDb(type, table, index)),
  }

  const queue = commitQueue(db)
  return {
    store,
    commit: queue.commit,
    get: (key) => db.get(key),
    entries: (range) => db.iterator(range),
    clear: (range) => db.clear(range),
    async close() {
      await queue.settled()
      await db.close()
    },
  }
}

/** The table as dynalite's actions see it, or its ResourceNotFoundException. */
export function getTable(store: Store, name: string): Promise<Table> {
  return new Promise((resolve, reject) => {
    store.getTable(name, false, (error, table) =>
      table === undefined ? reject(asFault(error)) : resolve(table),
    )
  })
}

/**
 * Rows under a prefix. dynalite's own leave an iterator, and with it a LevelDB snapshot, open after each query;
 * a Readable over a generator closes it however the reader ends.
 */
function rows(db: Level, prefix: string, { lock }: Rows): Rows {
  return {
    lock,
    get(key, done) {
      void answer<Item | undefined>(done, db.get(prefix + key) as Promise<Item | undefined>)
    },
    put: (_key, _item, done) => done(new Error('rows are written by commit')),
    del: (_key, done) => done(new Error('rows are written by commit')),
    createValueStream: (range) => Readable.from(values(db, prefixed(prefix, range))),
  }
}

async function* values(db: Level, range: Range): AsyncGenerator {
  for await (const [, value] of db.iterator(range)) yield value
}

function prefixed(prefix: string, range: Range): Range {
  const all = startingWith(prefix)
  const lower = range.gte === undefined ? range.gt : range.gte
  const upper = range.lte === undefined ? range.lt : range.lte
  return {
    ...(range.reverse !== undefined && { reverse: range.reverse }),
    ...(range.limit !== undefined && { limit: range.limit }),
    ...(lower === undefined
      ? { gte: all.gte }
      : { [range.gte === undefined ? 'gt' : 'gte']: prefix + lower }),
    ...(upper === undefined ? { lt: all.lt } : { [range.lte === undefined ? 'lt' : 'lte']: prefix + upper }),
  }
}

/** One batch at a time, of all that waits: a reader that sees a commit sees every earlier one. */
function commitQueue(db: Level) {
  let waiting: {
    readonly writes: readonly Write[]
    readonly done: () => void
    readonly failed: (e: unknown) => void
  }[] = []
  let writing: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        await db.batch(group.flatMap(({ writes }) => writes))
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    writing = undefined
  }

  return {
    commit: (writes: readonly Write[]): Promise<void> =>
      new Promise((done, failed) => {
        waiting.push({ writes, done, failed })
        writing ??= Promise.resolve().then(drain)
      }),
    settled: async (): Promise<void> => {
      await writing
    },
  }
}
