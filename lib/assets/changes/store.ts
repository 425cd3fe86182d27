/** Writes the operators' changes to assets' rows in the index table. */
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { deletionUnderWay, maxRaces } from '../deletion/under-way.ts'
import { assetKey, assetKind, deletedKey, progressKey } from '../row.ts'
import type { AssetTable } from '../store.ts'

/** The operators' changes to an asset's row. */
export interface AssetChanges {
  /** Sets a title that uploads do not overwrite, or removes it; false if there is no such asset. */
  rename(assetId: AssetId, title: string | undefined): Promise<boolean>
  /** Stops playback and refuses further uploads; undefined if there is no such asset. */
  beginDeletion(
    assetId: AssetId,
  ): Promise<{ readonly revision: number; readonly keys: readonly string[] } | undefined>
  /** Removes the row of an asset whose deletion has begun, unless it has changed since. */
  endDeletion(assetId: AssetId, revision: number): Promise<void>
}

/** The longest delay of an upload's message: in the queue, among its dead letters, and in the queue again. */
const toldLifeSeconds = 30 * 86_400

/** The attributes that a row keeps during deletion: its sources and its titles. */
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

/** Operators' access to the assets' rows. */
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
