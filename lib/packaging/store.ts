/** What packaging keeps: assets in the index table, timelines in the media bucket; and how it reads uploads. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../errors.ts'
import { conditionHeld } from '../platform/aws/conditional-write.ts'
import { objectFacts, readObject, readRange, streamRange } from '../platform/aws/objects.ts'
import { again, untilDone } from '../platform/retry.ts'
import type { ObjectRef } from '../timeline/placement.ts'
import type { AssetRecord } from './assets/asset.ts'
import { maxFiles } from './assets/asset-json.ts'
import { assetKey, assetKind, progressKey } from './assets/asset-rows.ts'
import type { Upload, UploadSource } from './assets/upload-event.ts'
import { commitKey } from './assets/upload-key.ts'
import type { IngestPorts } from './ingest/ingest-ports.ts'
import type { MediaReader } from './segments/media-reader.ts'
import type { SidecarPorts } from './sidecar/audio-sidecar.ts'

/** Names of what this room owns, as the environment of its functions has them. */
export interface Buckets {
  readonly uploadBucket: string
  readonly mediaBucket: string
}

/** Reads media for the packager. */
export function mediaReader(s3: S3Client, { uploadBucket, mediaBucket }: Buckets): MediaReader {
  const at = ({ bucket, ...object }: ObjectRef) => ({
    bucket: bucket === 'upload' ? uploadBucket : mediaBucket,
    ...object,
  })
  return {
    whole: (object) => readObject(s3, at(object)),
    piece: (object, range) => readRange(s3, at(object), range),
    stream: (object, range, signal) => streamRange(s3, at(object), { range, signal }),
  }
}

/** Reads and writes what audio sidecars are made of. */
export function sidecarStore(s3: S3Client, buckets: Buckets): SidecarPorts {
  const { mediaBucket } = buckets
  const put = async (key: string, body: Uint8Array | string, contentType: string, etag?: string) => {
    const condition = etag !== undefined && { IfMatch: etag }
    await s3.send(
      new PutObjectCommand({
        Bucket: mediaBucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...condition,
      }),
    )
  }
  return {
    reader: mediaReader(s3, buckets),
    async placement(key) {
      // The tag first: who is quicker in between has another one, and the write is refused.
      const facts = await objectFacts(s3, { bucket: mediaBucket, key })
      return facts && { bytes: await readObject(s3, { bucket: mediaBucket, key }), etag: facts.etag }
    },
    storeStream: (key, chunks) => storeStream(s3, { Bucket: mediaBucket, Key: key }, chunks),
    store: (key, body, contentType) => put(key, body, contentType),
    async replace(key, text, etag) {
      try {
        await put(key, text, 'application/json', `"${etag}"`)
        return true
      } catch (error) {
        if (error instanceof S3ServiceException && quicker.has(error.name)) return false
        throw error
      }
    },
  }
}

/** What S3 says where the object has another tag by now, is being written, or is gone. */
const quicker: ReadonlySet<string> = new Set([
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
])

/** S3 takes parts from 5 MiB on, 10,000 of them. */
const partBytes = 8 * 2 ** 20

/** Stores a large object in parts; one that breaks off leaves nothing. */
async function storeStream(
  s3: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...object, ContentType: 'application/octet-stream' }),
  )
  const upload = { ...object, UploadId }
  const Parts: { PartNumber: number; ETag: string | undefined }[] = []
  const send = async (pieces: readonly Uint8Array[]) => {
    const PartNumber = Parts.length + 1
    const { ETag } = await s3.send(
      new UploadPartCommand({ ...upload, PartNumber, Body: Buffer.concat(pieces) }),
    )
    Parts.push({ PartNumber, ETag })
  }
  try {
    let pieces: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of chunks) {
      pieces.push(chunk)
      bytes += chunk.length
      if (bytes < partBytes) continue
      await send(pieces)
      pieces = []
      bytes = 0
    }
    if (bytes > 0 || Parts.length === 0) await send(pieces)
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}

/** What ingest works with. */
export interface IngestStoreOptions extends Buckets {
  readonly s3: S3Client
  readonly table: DynamoDBDocumentClient
  readonly indexTable: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** More than an asset.json ever needs. */
const maxTextBytes = 1024 * 1024

/** The index table, the uploads and the media bucket. */
export function ingestStore(options: IngestStoreOptions): Omit<IngestPorts, 'showProtected'> {
  const { s3, uploadBucket, mediaBucket, now } = options
  const upload = (key: string, { versionId }: UploadSource) => ({ bucket: uploadBucket, key, versionId })
  return {
    ...assetTable(options),
    async find(key) {
      const facts = await objectFacts(s3, { bucket: uploadBucket, key })
      return facts && { ...facts, eventTime: new Date(now()).toISOString() }
    },
    open: (key, source) => ({
      name: key,
      size: source.bytes,
      read: (offset, length) => readRange(s3, upload(key, source), { offset, length }),
    }),
    async text(key, source) {
      if (source.bytes > maxTextBytes)
        throw new HeadendError(
          'ASSET_JSON',
          `${key}: expected at most ${maxTextBytes} bytes, got ${source.bytes}`,
        )
      return new TextDecoder().decode(await readObject(s3, upload(key, source)))
    },
    async store(key, body, contentType) {
      await s3.send(
        new PutObjectCommand({ Bucket: mediaBucket, Key: key, Body: body, ContentType: contentType }),
      )
    },
  }
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

function assetTable({
  table,
  indexTable,
  now,
}: IngestStoreOptions): Pick<IngestPorts, 'remember' | 'advance' | 'publish' | 'fail'> {
  const time = (): string => new Date(now()).toISOString()

  /** Sets attributes while `revision` holds; `undefined` takes one away. */
  const setAt = async (assetId: string, revision: number, values: Readonly<Record<string, unknown>>) => {
    const all = { ...values, kind: assetKind(assetId), updatedAt: time() }
    const present = Object.entries(all).filter(([, value]) => value !== undefined)
    const absent = Object.entries(all).filter(([, value]) => value === undefined)
    const sets = present.map(([name]) => `#${name} = :${name}`).join(', ')
    const removes = absent.map(([name]) => `#${name}`).join(', ')
    return conditionHeld(
      table.send(
        new UpdateCommand({
          TableName: indexTable,
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
  const step = (assetId: string, revision: number, progress: number) =>
    conditionHeld(
      table.send(
        new PutCommand({
          TableName: indexTable,
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

  const read = async (assetId: string): Promise<AssetRecord | undefined> => {
    const { Item } = await table.send(
      new GetCommand({ TableName: indexTable, Key: assetKey(assetId), ConsistentRead: true }),
    )
    return Item && recordOf(assetId, Item)
  }

  const create = (assetId: string, { key, source }: Upload) =>
    conditionHeld(
      table.send(
        new PutCommand({
          TableName: indexTable,
          Item: {
            ...assetKey(assetId),
            kind: assetKind(assetId),
            state: 'indexing',
            progress: 0,
            updatedAt: time(),
            sources: { [key]: source },
            revision: 1,
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    )

  const replace = (assetId: string, { key, source }: Upload) =>
    conditionHeld(
      table.send(
        new UpdateCommand({
          TableName: indexTable,
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
    remember(assetId, upload) {
      const { key, source } = upload
      const attempt = async (): Promise<AssetRecord | typeof again> => {
        const asset = await read(assetId)
        if (!asset) {
          if (!(await create(assetId, upload))) return again
          return { assetId, state: 'indexing', sources: { [key]: source }, revision: 1 }
        }
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
    async advance(assetId, { revision, share }) {
      if (share === 0) await setAt(assetId, revision, { state: 'indexing', progress: 0, error: undefined })
      else await step(assetId, revision, share)
    },
    publish: (assetId, revision, { title, commit, protection, ...publication }) =>
      setAt(assetId, revision, {
        state: 'ready',
        progress: 1,
        error: undefined,
        title,
        commit,
        protection,
        ...publication,
      }),
    fail: (assetId, revision, fault) => setAt(assetId, revision, { state: 'failed', error: { ...fault } }),
  }
}

/** What ingest goes by; the rest of the item is for others to read. */
function recordOf(assetId: string, item: Readonly<Record<string, unknown>>): AssetRecord {
  const { state, sources, revision, version, commit } = item as Partial<AssetRecord>
  if (state === undefined || sources === undefined || revision === undefined)
    throw new HeadendError(
      'ASSET_RECORD',
      `vod/${assetId}: expected state, sources and revision in the index, got ${Object.keys(item).join(', ')}`,
      { status: 500 },
    )
  return { assetId, state, sources, revision, ...(version && { version }), ...(commit && { commit }) }
}
