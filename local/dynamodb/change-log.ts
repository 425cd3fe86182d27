/** Stream records: made in the commit that makes the change, kept for a day, read by position. */
import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Write } from 'dynalite/db/index.js'
import { region } from '../service.ts'
import { itemBytes } from './item-size.ts'
import { type Storage, startingWith } from './storage.ts'
import type { Item, StreamRecord, Table } from './types.ts'

/** One item before and after; either is absent where there was, or is, none. */
export interface Change {
  readonly table: Table
  readonly before?: Item
  readonly after?: Item
  /** The item was deleted because its time to live had passed. */
  readonly expired: boolean
}

/** A sequence number before every record's: a consumer that starts from it reads all that is kept. */
export const trimHorizon = '0'.repeat(21)

/** The position behind all records from before a time. */
export const sequenceAt = (timeMs: number): string => padded(Math.floor(timeMs) * 1000 - 1)

const retentionMs = 24 * 60 * 60 * 1000
const streamPrefix = 'stream~'

/** The change streams of all tables. */
export interface ChangeLog {
  /** What has to be written with the change; nothing for a table without a stream or an item left as it was. */
  record(change: Change): readonly Write[]
  /** Tells waiting readers; to be called when the commit is done. */
  committed(changes: readonly Change[]): void
  /** Up to `limit` records after a position, in order. */
  read(table: Table, from: { readonly after: string; readonly limit: number }): Promise<StreamRecord[]>
  /** The position behind everything written so far. */
  latest(): string
  /** Calls back after each commit that changed the table; the answer ends it. */
  subscribe(table: string, listener: () => void): () => void
  /** Forgets what is older than a day. */
  trim(tables: readonly Table[]): Promise<void>
  /** Removes the records of a table that is gone. */
  drop(table: string): Promise<void>
}

export async function openChangeLog(storage: Storage, now: () => number): Promise<ChangeLog> {
  const changed = new EventEmitter().setMaxListeners(0)
  let last = Math.max(now() * 1000, await lastWritten(storage))

  return {
    record(change) {
      const { table, before, after } = change
      const specification = table.StreamSpecification
      if (specification === undefined || same(before, after)) return []
      // Microseconds of the clock, but always above the last: a clock set back repeats no number.
      last = Math.max(last + 1, now() * 1000)
      const sequenceNumber = padded(last)
      const value = toRecord(change, { sequenceNumber, nowMs: now() })
      return [{ type: 'put', key: streamKey(table, sequenceNumber), value }]
    },
    committed(changes) {
      for (const name of new Set(changes.map(({ table }) => table.TableName))) changed.emit(name)
    },
    async read(table, { after, limit }) {
      const { lt } = startingWith(streamKey(table, ''))
      const found: StreamRecord[] = []
      for await (const [, value] of storage.entries({ gt: streamKey(table, after), lt, limit })) {
        found.push(value as StreamRecord)
      }
      return found
    },
    latest: () => padded(last),
    subscribe(table, listener) {
      changed.on(table, listener)
      return () => changed.off(table, listener)
    },
    async trim(tables) {
      const horizonSeconds = (now() - retentionMs) / 1000
      for (const table of tables) {
        const old: Write[] = []
        for await (const [key, value] of storage.entries(startingWith(streamKey(table, '')))) {
          if ((value as StreamRecord).dynamodb.ApproximateCreationDateTime >= horizonSeconds) break
          old.push({ type: 'del', key })
        }
        await storage.commit(old)
      }
    },
    drop: (table) => storage.clear(startingWith(`${streamPrefix}${table}~`)),
  }
}

function padded(sequence: number): string {
  return String(sequence).padStart(trimHorizon.length, '0')
}

function toRecord(
  { table, before, after, expired }: Change,
  { sequenceNumber, nowMs }: { readonly sequenceNumber: string; readonly nowMs: number },
): StreamRecord {
  const view = table.StreamSpecification?.StreamViewType ?? 'KEYS_ONLY'
  const item = after ?? before ?? {}
  const keys: Record<string, Item[string]> = {}
  for (const { AttributeName } of table.KeySchema) {
    const value = item[AttributeName]
    if (value !== undefined) keys[AttributeName] = value
  }
  const images = {
    ...(after !== undefined && view.startsWith('NEW') && { NewImage: after }),
    ...(before !== undefined && view.endsWith('OLD_IMAGES') && { OldImage: before }),
    ...(before !== undefined && view === 'OLD_IMAGE' && { OldImage: before }),
  }
  const sizes = [keys, ...Object.values(images)].map(itemBytes)
  return {
    eventID: createHash('md5').update(table.TableArn).update(sequenceNumber).digest('hex'),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(nowMs / 1000),
      Keys: keys,
      ...images,
      SequenceNumber: sequenceNumber,
      SizeBytes: sizes.reduce((total, size) => total + size, 0),
      StreamViewType: view,
    },
    ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  }
}

/** The label is part of the key, so that a stream switched off and on again starts empty, as a new one. */
function streamKey(table: Table, sequenceNumber: string): string {
  return `${streamPrefix}${table.TableName}~${table.LatestStreamLabel ?? ''}~${sequenceNumber}`
}

async function lastWritten(storage: Storage): Promise<number> {
  let last = 0
  for await (const [key] of storage.entries(startingWith(streamPrefix))) {
    last = Math.max(last, Number(key.slice(key.lastIndexOf('~') + 1)))
  }
  return last
}

/** Whether the write left the item as it was; attributes have no order, sets none either but keep theirs. */
function same(before: Item | undefined, after: Item | undefined): boolean {
  return before === after || canonical(before) === canonical(after)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
