/**
 * The parts of dynalite 4.0.0 that the local DynamoDB stands on. The package has no `exports` map and no types,
 * and these are internals: its version is pinned.
 */
declare module 'dynalite/db/index.js' {
  import type { Readable } from 'node:stream'

  type Item = import('./types.ts').Item
  type Table = import('./types.ts').Table
  type Index = import('./types.ts').Index

  export type Done<Value = unknown> = (error?: unknown, value?: Value) => void

  /** `release(done)` gives a callback that unlocks, then calls `done`. */
  export type Lock = (keys: string | readonly string[], run: (release: <F>(done: F) => F) => void) => void

  export interface Range {
    readonly gt?: string
    readonly gte?: string
    readonly lt?: string
    readonly lte?: string
    readonly reverse?: boolean
    readonly limit?: number
  }

  /** One table's items or one index's entries. */
  export interface Rows {
    readonly lock: Lock
    get(key: string, done: Done<Item>): void
    put(key: string, item: Item, done: Done): void
    del(key: string, done: Done): void
    createValueStream(range: Range): Readable
  }

  export interface Level {
    open(): Promise<void>
    get(key: string): Promise<unknown>
    batch(writes: readonly Write[]): Promise<void>
    iterator(range: Range): AsyncIterable<[string, unknown]>
    clear(range: Range): Promise<void>
    close(): Promise<void>
  }

  export type Write =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string }

  /** What the actions are given: where tables and rows are. */
  export interface Store {
    readonly options: { readonly maxItemSize: number }
    getTable(name: string, checkStatus: boolean | Done<Table>, done?: Done<Table>): void
    getItemDb(table: string): Rows
    getIndexDb(type: string, table: string, index: string): Rows
  }

  interface Internals {
    create(options: { readonly path: string }): Store & { readonly db: Level }
    createKey(item: Item, table: Table): string
    createIndexKey(item: Item, table: Table, keys: Table['KeySchema']): string
    validateItem(item: Item, table: Table): Error | undefined
    validateKey(key: Item, table: Table): Error | undefined
    getIndexActions(
      indexes: readonly Index[],
      existing: Item | undefined,
      item: Item | undefined,
      table: Table,
    ): { readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Item }[] }
  }
  const internals: Internals
  export default internals
}

declare module 'dynalite/actions/*' {
  import type { Done, Store } from 'dynalite/db/index.js'

  const action: (store: Store, input: Record<string, unknown>, done: Done<Record<string, unknown>>) => void
  export default action
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js'

  interface Validations {
    checkTypes(input: Record<string, unknown>, types: unknown): Record<string, unknown>
    checkValidations(input: Record<string, unknown>, types: unknown, custom: unknown, store: Store): void
  }
  const validations: Validations
  export default validations
}

declare module 'dynalite/validations/*' {
  const rules: { readonly types: unknown; readonly custom: unknown }
  export default rules
}
