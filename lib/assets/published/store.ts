/** What is published of contents, in the index table. */
import { GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { batchGet } from '../../platform/aws/batch-get.ts'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { type StoredItem, signedTables } from '../../platform/aws/signed-tables.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { IndexTable } from '../store.ts'
import { contentKey, contentSort, type Published } from './index.ts'

/** What is published, for who protects it and who cuts it anew. */
export interface PublishedRows {
  /** By content id; those that nothing is published of are left out. */
  published(contentIds: readonly ContentId[]): Promise<ReadonlyMap<string, Published>>
  /** Up to where pictures and sound of what plays go together; undefined where nothing plays. */
  commonMs(contentId: ContentId): Promise<number | undefined>
  /** Contents whose row names a state of protection, some at a time. */
  protectedContents(): AsyncIterable<readonly string[]>
  /** Names the state of protection in force; undefined: none. Of a row that is gone nothing is said. */
  nameProtection(contentId: ContentId, name: string | undefined): Promise<void>
}

/** What is published of contents. */
export function publishedRows({ client, table: TableName }: IndexTable): PublishedRows {
  return {
    async published(contentIds) {
      const keys = contentIds.map(contentKey)
      const rows = await batchGet(signedTables(), { table: TableName, keys, isConsistent: true })
      return new Map(
        rows.flatMap((row) => {
          const published = publishedOf(row)
          return published ? [[String(row['pk']), published]] : []
        }),
      )
    },
    async commonMs(contentId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: contentKey(contentId), ConsistentRead: true }),
      )
      const seconds: unknown =
        Item?.['version'] === undefined ? undefined : (Item['commonSeconds'] ?? Item['durationSeconds'])
      return typeof seconds === 'number' ? seconds * 1000 : undefined
    },
    async *protectedContents() {
      const scan = {
        TableName,
        ConsistentRead: true,
        FilterExpression: 'sk = :asset AND attribute_exists(#protection)',
        ProjectionExpression: 'pk',
        ExpressionAttributeNames: { '#protection': 'protection' },
        ExpressionAttributeValues: { ':asset': contentSort },
      }
      for await (const { Items = [] } of paginateScan({ client }, scan))
        if (Items.length > 0) yield Items.map(({ pk }) => String(pk))
    },
    async nameProtection(contentId, name) {
      await conditionHeld(
        client.send(
          new UpdateCommand({
            TableName,
            Key: contentKey(contentId),
            // Not to make a row of an asset that is gone by now.
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: name === undefined ? 'REMOVE #protection' : 'SET #protection = :name',
            ExpressionAttributeNames: { '#protection': 'protection' },
            ...(name !== undefined && { ExpressionAttributeValues: { ':name': name } }),
          }),
        ),
      )
    },
  }
}

/** Throws ASSET_RECORD for a row that can't be read: its protection must not look like none. */
function publishedOf({ pk, version, protection }: StoredItem): Published | undefined {
  if (version === undefined) return undefined
  if (typeof version !== 'string' || !(protection === undefined || typeof protection === 'string'))
    throw new HeadendError(
      'ASSET_RECORD',
      `${String(pk)}: expected version and protection as texts, got ${typeof version} and ${typeof protection}`,
      { status: 500 },
    )
  return { version, ...(protection !== undefined && { protection }) }
}
