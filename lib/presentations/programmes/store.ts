/** Programmes in the index table, listed channel by channel in the order they begin. */
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { byKind } from '../../assets/index.ts'
import { contentKey } from '../../assets/published/index.ts'
import { tableClient } from '../../platform/aws/clients.ts'
import { conditionHeld, replacesRevision } from '../../platform/aws/conditional-write.ts'
import { breakWays } from '../stored.ts'
import type { Programme } from './programme.ts'

/** A programme as it is stored. */
export interface ProgrammeRow extends Programme {
  /** Incremented with each change. */
  readonly revision: number
  readonly changedAt: string
}

/** Which programmes are asked for: those that begin from one time to another, both included. */
export interface ProgrammesAsked {
  readonly channelId: string
  readonly from: string
  readonly to: string
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: Pick<Programme, 'id' | 'from'> | undefined
}

/** Reads and writes programmes. */
export interface ProgrammeStore {
  programme(channelId: string, id: string): Promise<ProgrammeRow | undefined>
  /** In the order they begin. */
  programmes(
    asked: ProgrammesAsked,
  ): Promise<{ readonly rows: readonly ProgrammeRow[]; readonly isLast: boolean }>
  /** False if it has changed since that revision was read. */
  putProgramme(row: ProgrammeRow): Promise<boolean>
  removeProgramme(channelId: string, id: string): Promise<void>
}

const rowSchema = z.object({
  channelId: z.string(),
  id: z.string(),
  title: z.string().optional(),
  from: z.string(),
  to: z.string(),
  breaks: z.enum(breakWays),
  replacements: z.array(z.string()),
  keepUntil: z.string().optional(),
  revision: z.number(),
  changedAt: z.string(),
})

const keyOf = (channelId: string, id: string) => contentKey(`programmes/${channelId}.${id}`)
const kindOf = (channelId: string): string => `programme of ${channelId}`

/** A store over the index table. */
export function programmeStore({ table: TableName }: { readonly table: string }): ProgrammeStore {
  const client = tableClient()
  return {
    async programme(channelId, id) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(channelId, id), ConsistentRead: true }),
      )
      return Item && rowSchema.parse(Item)
    },
    async programmes({ channelId, from, to, limit, after }) {
      const kind = kindOf(channelId)
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: byKind,
          KeyConditionExpression: 'kind = :kind AND updatedAt BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':kind': kind, ':from': from, ':to': to },
          Limit: limit,
          ...(after && {
            ExclusiveStartKey: { ...keyOf(channelId, after.id), kind, updatedAt: after.from },
          }),
        }),
      )
      return { rows: Items.map((item) => rowSchema.parse(item)), isLast: LastEvaluatedKey === undefined }
    },
    putProgramme({ revision, ...row }) {
      return conditionHeld(
        client.send(
          new PutCommand({
            TableName,
            // The index is sorted by this name: of programmes it holds when they begin.
            Item: {
              ...keyOf(row.channelId, row.id),
              kind: kindOf(row.channelId),
              updatedAt: row.from,
              revision,
              ...row,
            },
            ...replacesRevision(revision),
          }),
        ),
      )
    },
    async removeProgramme(channelId, id) {
      await client.send(new DeleteCommand({ TableName, Key: keyOf(channelId, id) }))
    },
  }
}
