/** Rows of assets in the index table, as operators change them. */
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { deletionUnderWay, maxRaces } from '../deletion/under-way.ts'
import { assetKey, assetKind, deletedKey, progressKey } from '../row.ts'
import type { AssetTable } from '../store.ts'

/** What operators change of an asset's row. */
export interface AssetChanges {
  /** Gives it a title that no upload takes away, or takes that away; false where there is no such asset. */
  rename(assetId: AssetId, title: string | undefined): Promise<boolean>
  /** Has it play no more, and its uploads be no longer taken; undefined where there is no such asset. */
  beginDeletion(
    assetId: AssetId,
  ): Promise<{ readonly revision: number; readonly keys: readonly string[] } | undefined>
  /** Takes the row of an asset away whose deletion has begun, where nothing changed since. */
  endDeletion(assetId: AssetId, revision: number): Promise<void>
}

/** How long messages of uploads may wait: in the queue, among its dead letters, and in that queue again. */
const toldLifeSeconds = 30 * 86_400

/** What the row of an asset that is being deleted keeps: what its uploads were, and what people call it. */
const kept: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'kind',
  'updatedAt',
  'state',
  'revision',
  'sources',
  'title',
  'givenTitle',
])

/** The rows of assets as operators change them. */
export function assetChanges({ client, table: TableName, now }: AssetTable): AssetChanges {
  const time = (): string => new Date(now()).toISOString()
  return {
    rename: (assetId, title) =>
      conditionHeld(
        client.send(
          new UpdateCommand({
            TableName,
            Key: assetKey(assetId),
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: `SET updatedAt = :time, kind = :kind${title === undefined ? ' REMOVE givenTitle' : ', givenTitle = :title'}`,
            ExpressionAttributeValues: {
              ':time': time(),
              ':kind': assetKind(assetId),
              ...(title !== undefined && { ':title': title }),
            },
          }),
        ),
      ),
    beginDeletion(assetId) {
      const attempt = async () => {
        const { Item } = await client.send(
          new GetCommand({ TableName, Key: assetKey(assetId), ConsistentRead: true }),
        )
        if (!Item) return undefined
        const revision = typeof Item['revision'] === 'number' ? Item['revision'] : 0
        const sources: unknown = Item['sources']
        const keys = typeof sources === 'object' && sources !== null ? Object.keys(sources) : []
        const put = new PutCommand({
          TableName,
          Item: {
            ...Object.fromEntries(Object.entries(Item).filter(([name]) => kept.has(name))),
            kind: assetKind(assetId),
            updatedAt: time(),
            state: 'deleting',
            revision: revision + 1,
          },
          ConditionExpression:
            'attribute_exists(pk) AND (revision = :before OR attribute_not_exists(revision))',
          ExpressionAttributeValues: { ':before': revision },
        })
        return (await conditionHeld(client.send(put))) ? { revision: revision + 1, keys } : again
      }
      return untilDone(attempt, { most: maxRaces, exhausted: () => deletionUnderWay(assetId) })
    },
    async endDeletion(assetId, revision) {
      const expiresAt = Math.ceil(now() / 1000) + toldLifeSeconds
      await client.send(new PutCommand({ TableName, Item: { ...deletedKey(assetId), revision, expiresAt } }))
      await client.send(new DeleteCommand({ TableName, Key: progressKey(assetId) }))
      await conditionHeld(
        client.send(
          new DeleteCommand({
            TableName,
            Key: assetKey(assetId),
            ConditionExpression: 'revision = :revision AND #state = :deleting',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':revision': revision, ':deleting': 'deleting' },
          }),
        ),
      )
    },
  }
}
