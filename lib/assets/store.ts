/** Assets in the index table: the one place that writes their rows, and that says what is published of a content. */

import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../errors.ts'
import { batchGet } from '../platform/aws/batch-get.ts'
import { conditionHeld } from '../platform/aws/conditional-write.ts'
import { type StoredItem, signedTables } from '../platform/aws/signed-tables.ts'
import { again, untilDone } from '../platform/retry.ts'
import type { AssetId, ContentId } from '../timeline/ids.ts'
import { type AssetFault, type AssetRecord, maxFiles, type Publication } from './asset.ts'
import { contentKey, contentSort, type Published } from './published/index.ts'
import { assetKey, assetKind, deletedKey, progressKey } from './row.ts'
import type { Upload } from './uploads/upload-event.ts'
import { commitKey } from './uploads/upload-key.ts'

/** The index table. */
export interface IndexTable {
  readonly client: DynamoDBDocumentClient
  readonly table: string
}

/** The same with what writing takes. */
export interface AssetTable extends IndexTable {
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Assets as indexing leads them from an upload to a film that plays. Every write may be done twice. */
export interface AssetRows {
  /**
   * Remembers an upload unless a later one of its key is known; gives the asset as it is then, undefined where the
   * upload went with an asset that was deleted. Throws ASSET_DELETING (503) while one is.
   */
  remember(
    assetId: AssetId,
    upload: Upload,
    /** Whether the bucket still has it. @default it has */
    isThere?: () => Promise<boolean>,
  ): Promise<AssetRecord | undefined>
  /** Notes that it is to be indexed again; undefined where it is gone, or was asked for again since. */
  askAgain(assetId: AssetId, asked: string): Promise<AssetRecord | undefined>
  /** Says how far indexing is. Passed over where the sources have changed since `revision`. */
  advance(assetId: AssetId, at: { readonly revision: number; readonly share: number }): Promise<void>
  /** Makes a timeline the one that plays; false where the sources have changed since `revision`. */
  publish(assetId: AssetId, revision: number, publication: Publication): Promise<boolean>
  /** Shows what is wrong; what was published goes on playing. False where the sources have changed since. */
  fail(assetId: AssetId, revision: number, fault: AssetFault): Promise<boolean>
}

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

/** Writers who meet try again; so often in vain means something else is wrong. */
const maxRaces = 8
/**
 * Files a row remembers: those of a film, and some that come to be replaced. Each is up to 1.3 KB, and the row has 400
 * with all its tracks and reasons; a row that were full could not even say so.
 */
const maxSources = maxFiles + 20
/** How long a row of progress outlives its last step. */
const progressLifeSeconds = 86_400

/** The rows of assets as who indexes their uploads writes them. */
export function assetRows({ client, table: TableName, now }: AssetTable): AssetRows {
  const time = (): string => new Date(now()).toISOString()

  /** Sets attributes while `revision` holds; `undefined` takes one away. */
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

  /** Says how far the indexing of a revision is; an earlier one's comes too late. */
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

  /** Where revisions go on that nobody who still indexes what was deleted takes for his. */
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
        // Its uploads may be there or not: they are told of again when that is certain.
        if (asset.state === 'deleting') throw deleting(assetId)
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

/** What ingest goes by; the rest of the item is for others to read. */
function recordOf(assetId: AssetId, item: Readonly<Record<string, unknown>>): AssetRecord {
  const { state, sources, revision, version, commit, asked, indexedFor } = item as Partial<AssetRecord>
  if (state === undefined || sources === undefined || revision === undefined)
    throw new HeadendError(
      'ASSET_RECORD',
      `vod/${assetId}: expected state, sources and revision in the index, got ${Object.keys(item).join(', ')}`,
      { status: 500 },
    )
  return {
    assetId,
    state,
    sources,
    revision,
    ...(version && { version }),
    ...(commit && { commit }),
    ...(asked && { asked }),
    ...(indexedFor && { indexedFor }),
  }
}

/** An asset that is being deleted takes no uploads. */
const deleting = (assetId: AssetId): HeadendError =>
  new HeadendError(
    'ASSET_DELETING',
    `vod/${assetId} is being deleted; where that broke off, DELETE /v1/assets/${assetId} goes on with it`,
    { status: 503 },
  )

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
      return untilDone(attempt, { most: maxRaces, exhausted: () => deleting(assetId) })
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
