/** Entries in the room's own table: one partition, so that a list is one query, in the order of ids. */
import * as z from 'zod'
import { conditionHeld, replacesRevision } from '../platform/aws/conditional-write.ts'
import { queryRows } from '../platform/aws/query-rows.ts'
import { signedTables } from '../platform/aws/signed-tables.ts'
import type { RoomNameEntry } from './entry.ts'

/** What routes and handlers need of it. */
export interface RoomNameStore {
  /** Undefined where there is none. */
  entry(id: string): Promise<RoomNameEntry | undefined>
  /** By id; `last` is where the next page starts, undefined where there is none. */
  page(
    limit: number,
    after: string | undefined,
  ): Promise<{ readonly entries: readonly RoomNameEntry[]; readonly last?: string | undefined }>
  /** Puts an entry in the place of the revision before it; false where another was put there meanwhile. */
  put(entry: RoomNameEntry): Promise<boolean>
  remove(id: string): Promise<void>
}

const rowSchema = z.object({
  sk: z.string(),
  note: z.string(),
  revision: z.number().int(),
  updatedAtMs: z.number().int(),
  seenAtMs: z.number().int().optional(),
  timeline: z.string().optional(),
  heard: z.string().optional(),
})

/** The partition of all entries: past a thousand writes a second there would have to be several. */
const pk = 'entry'

/** The room's table. */
export function roomNameStore({ table: TableName }: { readonly table: string }): RoomNameStore {
  const tables = signedTables()
  return {
    async entry(id) {
      const item = await tables.get({ TableName, Key: { pk, sk: id }, ConsistentRead: true })
      return item && entryOf(item)
    },
    async page(limit, after) {
      const rows = await queryRows(
        tables,
        {
          TableName,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': pk, ...(after !== undefined && { ':after': after }) },
          ConsistentRead: true,
        },
        // One more than is shown says whether there is another page.
        limit + 1,
      )
      const entries = rows.slice(0, limit).map(entryOf)
      return { entries, last: rows.length > limit ? entries.at(-1)?.id : undefined }
    },
    put({ id, revision, ...facts }) {
      return conditionHeld(
        tables.put({
          TableName,
          Item: { pk, sk: id, revision, ...facts },
          ...replacesRevision(revision),
        }),
      )
    },
    async remove(id) {
      await tables.delete({ TableName, Key: { pk, sk: id } })
    },
  }
}

function entryOf(item: unknown): RoomNameEntry {
  const { sk, ...facts } = rowSchema.parse(item)
  return { id: sk, ...facts }
}
