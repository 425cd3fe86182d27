/** Channels in the room's own table: one partition, so that a list is one query, in the order of ids. */
import * as z from 'zod'
import { conditionHeld, replacesRevision } from '../platform/aws/conditional-write.ts'
import { queryRows } from '../platform/aws/query-rows.ts'
import { signedTables } from '../platform/aws/signed-tables.ts'
import { adMarkers, type Channel } from './channel.ts'

/** What routes and ingest need of it. */
export interface ChannelStore {
  /** Undefined where there is none. */
  channel(id: string): Promise<Channel | undefined>
  /** By id; `last` is where the next page starts, undefined where there is none. */
  page(
    limit: number,
    after: string | undefined,
  ): Promise<{ readonly channels: readonly Channel[]; readonly last?: string | undefined }>
  /** Puts a channel in the place of the revision before it; false where another was put there meanwhile. */
  put(channel: Channel): Promise<boolean>
  remove(id: string): Promise<void>
}

const rowSchema = z.object({
  sk: z.string(),
  name: z.string().optional(),
  segmentSeconds: z.number(),
  windowSeconds: z.number(),
  pipelines: z.array(z.string()).optional(),
  adMarkers: z.enum(adMarkers).optional(),
  deltaUpdates: z.boolean().optional(),
  latencySeconds: z.number().optional(),
  stopped: z.boolean().optional(),
  revision: z.number().int(),
  updatedAtMs: z.number().int(),
})

/** The partition of all channels: a thousand writes a second is more than operators do. */
const pk = 'channel'

/** The room's table. */
export function channelStore({ table: TableName }: { readonly table: string }): ChannelStore {
  const tables = signedTables()
  /** The head that a feed has made, and what is no part of a life: init segments by name, what playlists say. */
  const forget = async (id: string): Promise<void> => {
    const feed = `live/${id}`
    const rows = async (from: string, to: string) => {
      const ExpressionAttributeValues = { ':pk': feed, ':from': from, ':to': to }
      const KeyConditionExpression = 'pk = :pk AND sk BETWEEN :from AND :to'
      const query = { TableName, KeyConditionExpression, ExpressionAttributeValues, ConsistentRead: true }
      return queryRows(tables, query, maxForgotten)
    }
    const kept = [...(await rows('head', 'init/~')), ...(await rows('refused', 'said/~'))]
    for (const { sk } of kept) await tables.delete({ TableName, Key: { pk: feed, sk } })
  }
  return {
    async channel(id) {
      const item = await tables.get({ TableName, Key: { pk, sk: id }, ConsistentRead: true })
      return item && channelOf(item)
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
      const channels = rows.slice(0, limit).map(channelOf)
      return { channels, last: rows.length > limit ? channels.at(-1)?.id : undefined }
    },
    async put({ id, revision, ...facts }) {
      const isPut = await conditionHeld(
        tables.put({
          TableName,
          Item: { pk, sk: id, revision, ...facts },
          ...replacesRevision(revision),
        }),
      )
      // What was under way when one of that name was taken away may have come behind that. Only who makes it forgets: of
      // two at once the second would forget what runs already.
      if (isPut && revision === 1) await forget(id)
      return isPut
    },
    async remove(id) {
      await tables.delete({ TableName, Key: { pk, sk: id } })
      // Last: without a channel no segment makes it anew.
      await forget(id)
    },
  }
}

/** More names of init segments than a channel reads. */
const maxForgotten = 1000

function channelOf(item: unknown): Channel {
  const { sk, ...facts } = rowSchema.parse(item)
  return { id: sk, ...facts }
}
