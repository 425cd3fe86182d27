/** Writes assets' rows in the index table while an upload is indexed. */
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { type AssetFault, type AssetRecord, maxFiles, type Publication } from '../asset.ts'
import { deletionUnderWay, maxRaces } from '../deletion/under-way.ts'
import { assetKey, assetKind, deletedKey, progressKey } from '../row.ts'
import type { AssetTable } from '../store.ts'
import type { Upload } from '../uploads/upload-event.ts'
import { commitKey } from '../uploads/upload-key.ts'
import { recordOf } from './record.ts'

/** Assets' rows during indexing, from an upload to a playable asset. Every write may be repeated. */
export interface AssetRows {
  /**
   * Stores an upload unless a later one of its key is known. Returns the updated asset, undefined if the upload was
   * deleted with its asset. Throws ASSET_DELETING (503) during a deletion.
   */
  remember(
    assetId: AssetId,
    upload: Upload,
    /** Resolves to whether the bucket still has the upload. @default it has */
    isThere?: () => Promise<boolean>,
  ): Promise<AssetRecord | undefined>
  /** Notes a request to index again; undefined if the asset is gone, or was requested again since. */
  askAgain(assetId: AssetId, asked: string): Promise<AssetRecord | undefined>
  /** Reports the progress of indexing. Ignored if the sources have changed since `revision`. */
  advance(assetId: AssetId, at: { readonly revision: number; readonly share: number }): Promise<void>
  /** Publishes a timeline; false if the sources have changed since `revision`. */
  publish(assetId: AssetId, revision: number, publication: Publication): Promise<boolean>
  /** Stores an error; the published timeline goes on playing. False if the sources have changed since `revision`. */
  fail(assetId: AssetId, revision: number, fault: AssetFault): Promise<boolean>
}

/**
 * The maximum number of files in a row: those of an asset, and some that will be replaced. Each takes up to 1.3 KB, and
 * the row has 400 with all its tracks and errors; a row that is full could not even report that.
 */
const maxSources = maxFiles + 20
/** The lifetime of a progress row after its last step. */
const progressLifeSeconds = 86_400

/** The indexer's access to the assets' rows. */
export function assetRows({ client, table: TableName, now }: AssetTable): AssetRows {
  const time = (): string => new Date(now()).toISOString()

  /** Sets attributes if `revision` still matches; `undefined` removes one. */
  const setAt = async (assetId: AssetId, revision: number, values: Readonly<Record<string, unknown>>) => {
    const all = { ...values, kind: assetKind(assetId), updatedAt: time() }
    const present = Object.entries(all).filter(([, value]) => value !== undefined)
    const absent = Object.entries(all).filter(([, value]) => value === undefined)
    const sets = present.map(([name]) => `#${name} = :${name}`).join(', ')
    const removes = absent.map(([name]) => `#${name}`).join(', ')
    return conditionHeld(
      client.send(
        new UpdateCommand({
          TableName,
          Key: assetKey(assetId),
          ConditionExpression: 'revision = :revision',
          UpdateExpression: `SET ${sets}${removes && ` REMOVE ${removes}`}`,
          ExpressionAttributeNames: Object.fromEntries(Object.keys(all).map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ':revision': revision,
            ...Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
          },
        }),
      ),
    )
  }

  /** Stores the progress of indexing a revision; an earlier revision's progress is too late. */
  const step = (assetId: AssetId, revision: number, progress: number) =>
    conditionHeld(
      client.send(
        new PutCommand({
          TableName,
          Item: {
            ...progressKey(assetId),
            revision,
            progress,
            expiresAt: Math.ceil(now() / 1000) + progressLifeSeconds,
          },
          ConditionExpression: 'attribute_not_exists(pk) OR revision <= :revision',
          ExpressionAttributeValues: { ':revision': revision },
        }),
      ),
    )

  const read = async (assetId: AssetId): Promise<AssetRecord | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: assetKey(assetId), ConsistentRead: true }),
    )
    return Item && recordOf(assetId, Item)
  }

  const create = (assetId: AssetId, { key, source }: Upload, revision: number) =>
    conditionHeld(
      client.send(
        new PutCommand({
          TableName,
          Item: {
            ...assetKey(assetId),
            kind: assetKind(assetId),
            state: 'indexing',
            progress: 0,
            updatedAt: time(),
            sources: { [key]: source },
            revision,
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    )

  /**
   * The revision to continue from, so that an indexer still working on a deleted asset does not take the new one for
   * its own.
   */
  const deletedRevision = async (assetId: AssetId): Promise<number> => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: deletedKey(assetId), ConsistentRead: true }),
    )
    return typeof Item?.['revision'] === 'number' ? Item['revision'] : 0
  }

  const replace = (assetId: AssetId, { key, source }: Upload) =>
    conditionHeld(
      client.send(
        new UpdateCommand({
          TableName,
          Key: assetKey(assetId),
          ConditionExpression:
            'attribute_exists(pk) AND (attribute_not_exists(sources.#key.sequencer) OR sources.#key.sequencer < :sequencer)',
          UpdateExpression: 'SET sources.#key = :source, updatedAt = :time ADD revision :one',
          ExpressionAttributeNames: { '#key': key },
          ExpressionAttributeValues: {
            ':source': source,
            ':sequencer': source.sequencer ?? '',
            ':time': time(),
            ':one': 1,
          },
        }),
      ),
    )

  return {
    remember(assetId, upload, isThere) {
      const { key, source } = upload
      const attempt = async (): Promise<AssetRecord | undefined | typeof again> => {
        const asset = await read(assetId)
        if (!asset) {
          const before = await deletedRevision(assetId)
          if (before > 0 && isThere && !(await isThere())) return undefined
          if (!(await create(assetId, upload, before + 1))) return again
          return { assetId, state: 'indexing', sources: { [key]: source }, revision: before + 1 }
        }
        // Its uploads may exist or not: their messages come again when that is certain.
        if (asset.state === 'deleting') throw deletionUnderWay(assetId)
        const known = asset.sources[key]
        if (known && (known.sequencer ?? '') >= (source.sequencer ?? '')) return asset
        if (!known && key !== commitKey(assetId) && Object.keys(asset.sources).length >= maxSources)
          return { ...asset, isFull: true }
        if (!(await replace(assetId, upload))) return again
        return (await read(assetId)) ?? again
      }
      const exhausted = () =>
        new HeadendError('ASSET_RACE', `${key}: could not be remembered, too many write at once`, {
          status: 503,
        })
      return untilDone(attempt, { most: maxRaces, exhausted })
    },
    async askAgain(assetId, asked) {
      await conditionHeld(
        client.send(
          new UpdateCommand({
            TableName,
            Key: assetKey(assetId),
            ConditionExpression:
              'attribute_exists(pk) AND #state <> :deleting AND (attribute_not_exists(asked) OR asked < :asked)',
            UpdateExpression: 'SET asked = :asked ADD revision :one',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':asked': asked, ':one': 1, ':deleting': 'deleting' },
          }),
        ),
      )
      const asset = await read(assetId)
      return asset?.asked === asked && asset.state !== 'deleting' ? asset : undefined
    },
    async advance(assetId, { revision, share }) {
      if (share === 0) await setAt(assetId, revision, { state: 'indexing', progress: 0, error: undefined })
      else await step(assetId, revision, share)
    },
    publish: (assetId, revision, { title, commit, indexedFor, protection, ...publication }) =>
      setAt(assetId, revision, {
        state: 'ready',
        progress: 1,
        error: undefined,
        title,
        commit,
        indexedFor,
        protection,
        ...publication,
      }),
    fail: (assetId, revision, fault) => setAt(assetId, revision, { state: 'failed', error: { ...fault } }),
  }
}
