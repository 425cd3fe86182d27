/** Reads published versions of contents from the index table. */
import { GetCommand, PutCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { batchGet } from '../../platform/aws/batch-get.ts'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { type StoredItem, signedTables } from '../../platform/aws/signed-tables.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { IndexTable } from '../store.ts'
import { contentKey, contentSort, type Published } from './index.ts'

/** A channel's row names no timeline: its lives are in its room's table. */
const channelVersion = 'live'

/** Published versions, for protection and presentations. */
export interface PublishedRows {
  /** By content id, without contents that have nothing published. */
  published(contentIds: readonly ContentId[]): Promise<ReadonlyMap<string, Published>>
  /**
   * The end of the range in which both video and audio of the published version are present, or how far back viewers of
   * a channel may go; undefined if there is neither.
   */
  onShow(
    contentId: ContentId,
  ): Promise<{ readonly commonMs: number } | { readonly windowSeconds: number } | undefined>
  /** Writes the row of a channel, with the name of its protection state. */
  showChannel(contentId: ContentId, windowSeconds: number, name: string | undefined): Promise<void>
  /** Contents whose row names a protection state, in batches. */
  protectedContents(): AsyncIterable<readonly string[]>
  /** Sets the name of the current protection state; undefined removes it. Does nothing if the row is gone. */
  nameProtection(contentId: ContentId, name: string | undefined): Promise<void>
}

/** The published versions in the index table. */
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
    async onShow(contentId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: contentKey(contentId), ConsistentRead: true }),
      )
      if (Item?.['version'] === undefined) return undefined
      const windowSeconds: unknown = Item['windowSeconds']
      if (typeof windowSeconds === 'number') return { windowSeconds }
      const seconds: unknown = Item['commonSeconds'] ?? Item['durationSeconds']
      return typeof seconds === 'number' ? { commonMs: seconds * 1000 } : undefined
    },
    async showChannel(contentId, windowSeconds, name) {
      const Item = { ...contentKey(contentId), version: channelVersion, windowSeconds }
      await client.send(
        new PutCommand({ TableName, Item: name === undefined ? Item : { ...Item, protection: name } }),
      )
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
            // So that no row is created for an asset that was deleted.
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

/** Throws ASSET_RECORD for a row that can't be read: it must not look unprotected. */
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
