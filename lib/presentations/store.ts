/**
 * Presentations in the index table, which names the current version, and in the media bucket, which contains each
 * version.
 */

import { PutObjectCommand } from '@aws-sdk/client-s3'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { byKind } from '../assets/index.ts'
import { contentKey } from '../assets/published/index.ts'
import { publishedRows } from '../assets/published/store.ts'
import { s3Client, tableClient } from '../platform/aws/clients.ts'
import { conditionHeld, replacesRevision } from '../platform/aws/conditional-write.ts'
import { textIfAny } from '../platform/aws/objects.ts'
import type { ContentId } from '../timeline/ids.ts'
import { presentationKey } from './stored.ts'

/** A presentation's row in the index table. */
export interface PresentationRow {
  /** `presentations/<id>`. */
  readonly id: string
  readonly version: string
  /** Incremented with each change. */
  readonly revision: number
  readonly durationSeconds: number
  readonly isProtected: boolean
  readonly updatedAt: string
  /** Content items it shows; absent in older rows. */
  readonly contents?: readonly string[] | undefined
}

/** Current publication of an asset. */
export interface PublishedAsset {
  readonly version: string
  readonly isProtected: boolean
}

/** Position at which the next page of a list begins. */
export type PagePosition = Pick<PresentationRow, 'id' | 'updatedAt'>

/** Storage operations of the routes. */
export interface PresentationStore {
  /** Undefined if it does not exist. */
  row(id: string): Promise<PresentationRow | undefined>
  /** Latest change first. */
  page(
    limit: number,
    after: PagePosition | undefined,
  ): Promise<{ readonly rows: readonly PresentationRow[]; readonly last?: PagePosition }>
  /** Replaces the row of the previous revision; returns false if another writer replaced it first. */
  put(row: PresentationRow): Promise<boolean>
  remove(id: string): Promise<void>
  /** Current publications of assets by content ID; unpublished ones are omitted. */
  published(contentIds: readonly ContentId[]): Promise<ReadonlyMap<string, PublishedAsset>>
  /** Text of an object in the media bucket; undefined if it does not exist. */
  object(key: string): Promise<string | undefined>
  /** Stores a version. */
  store(id: string, version: string, text: string): Promise<void>
}

const rowSchema = z.object({
  pk: z.string(),
  version: z.string(),
  revision: z.number(),
  durationSeconds: z.number(),
  isProtected: z.boolean(),
  updatedAt: z.string(),
  contents: z.array(z.string()).readonly().optional(),
})

/** Kind of presentation rows, by which they are listed. */
const kind = 'presentation'

/** A presentation store on the index table and the media bucket. */
export function presentationStore({
  table: TableName,
  mediaBucket,
}: {
  readonly table: string
  readonly mediaBucket: string
}): PresentationStore {
  const index = tableClient()
  const s3 = s3Client()
  const assets = publishedRows({ client: index, table: TableName })
  return {
    async row(id) {
      const { Item } = await index.send(
        new GetCommand({ TableName, Key: contentKey(id), ConsistentRead: true }),
      )
      return Item && rowOf(Item)
    },
    async page(limit, after) {
      const { Items = [], LastEvaluatedKey } = await index.send(
        new QueryCommand({
          TableName,
          IndexName: byKind,
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': kind },
          ScanIndexForward: false,
          Limit: limit,
          ...(after && { ExclusiveStartKey: { ...contentKey(after.id), kind, updatedAt: after.updatedAt } }),
        }),
      )
      const rows = Items.map(rowOf)
      const last = rows.at(-1)
      return { rows, ...(LastEvaluatedKey && last && { last }) }
    },
    put({ id, revision, ...facts }) {
      return conditionHeld(
        index.send(
          new PutCommand({
            TableName,
            Item: { ...contentKey(id), kind, revision, ...facts },
            ...replacesRevision(revision),
          }),
        ),
      )
    },
    async remove(id) {
      await index.send(new DeleteCommand({ TableName, Key: contentKey(id) }))
    },
    async published(contentIds) {
      const found = await assets.published(contentIds)
      return new Map(
        [...found].map(([id, { version, protection }]) => [
          id,
          { version, isProtected: protection !== undefined },
        ]),
      )
    },
    object: (key) => textIfAny(s3, { bucket: mediaBucket, key }),
    async store(id, version, text) {
      await s3.send(
        new PutObjectCommand({
          Bucket: mediaBucket,
          Key: presentationKey(id, version),
          Body: text,
          ContentType: 'application/json',
        }),
      )
    },
  }
}

function rowOf(item: unknown): PresentationRow {
  const { pk, ...row } = rowSchema.parse(item)
  return { id: pk, ...row }
}
