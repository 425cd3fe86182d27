/** All key value stores and their journal. */

import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import { Store, type Update } from './store.ts'

type Entry =
  | {
      readonly op: 'store'
      readonly name: string
      readonly arn: string
      readonly createdAtMs: number
      /** What it begins with, in one line with the store: it is never there without. */
      readonly imported?: Update['puts']
    }
  | {
      readonly op: 'update'
      readonly arn: string
      readonly update: Update
      readonly revision: number
      readonly nowMs: number
    }

export type Stores = Awaited<ReturnType<typeof openStores>>

export async function openStores(path: string, now: () => number) {
  const stores = new Map<string, Store>()
  const journal = await openJournal<Entry>({ path, accepts: isEntry, replay, snapshot })

  function replay(entry: Entry): void {
    if (entry.op === 'update') stores.get(entry.arn)?.apply(entry.update, entry)
    else if (!stores.has(entry.arn)) {
      const store = new Store(entry)
      stores.set(entry.arn, store)
      const { imported: puts = [], createdAtMs: nowMs } = entry
      if (puts.length > 0) store.apply({ puts, deletes: [] }, { revision: 1, nowMs })
    }
  }

  function* snapshot(): Iterable<Entry> {
    for (const { name, arn, createdAtMs, modifiedAtMs: nowMs, revision, entries } of described(stores)) {
      yield { op: 'store', name, arn, createdAtMs }
      const puts = entries.map(([key, value]) => ({ key, value }))
      if (revision > 0) yield { op: 'update', arn, update: { puts, deletes: [] }, revision, nowMs }
    }
  }

  async function apply(entry: Entry): Promise<void> {
    replay(entry)
    await journal.append(entry)
  }

  function find(nameOrArn: string): Store | undefined {
    return stores.get(nameOrArn) ?? [...stores.values()].find(({ name }) => name === nameOrArn)
  }

  return {
    find,
    get(nameOrArn: string): Store {
      const store = find(nameOrArn)
      if (store !== undefined) return store
      throw new AwsFault('ResourceNotFoundException', `Key value store ${nameOrArn} was not found`, 404)
    },
    /** Entries are imported when the store is made, and never again. */
    async create(name: string, arn: string, imported: Update['puts']): Promise<void> {
      if (stores.has(arn)) return
      await apply({ op: 'store', name, arn, createdAtMs: now(), ...(imported.length > 0 && { imported }) })
    },
    async update(store: Store, update: Update, ifMatch: string | undefined): Promise<void> {
      // Checked and applied in one tick: of two writers with one ETag the second is refused.
      store.check(update, ifMatch)
      await apply({ op: 'update', arn: store.arn, update, revision: store.revision + 1, nowMs: now() })
    },
    close: () => journal.close(),
  }
}

function described(stores: ReadonlyMap<string, Store>) {
  return Array.from(stores.values(), (store) => ({
    name: store.name,
    arn: store.arn,
    createdAtMs: store.createdAtMs,
    modifiedAtMs: store.modifiedAtMs,
    revision: store.revision,
    entries: store.entries(),
  }))
}

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && (value['op'] === 'store' || value['op'] === 'update')
}
