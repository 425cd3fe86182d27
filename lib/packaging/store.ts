/** Storage of packaging: timelines in the media bucket, and access to uploads. Asset rows belong to another room. */
import { PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { UploadSource } from '../assets/index.ts'
import { assetRows } from '../assets/indexing/store.ts'
import { HeadendError } from '../errors.ts'
import { objectFacts, objectReader, readObject, readRange } from '../platform/aws/objects.ts'
import { storeStream } from '../platform/aws/store-stream.ts'
import type { IngestPorts } from './ingest/ingest-ports.ts'
import { type Buckets, mediaReader } from './segments/stored-media.ts'
import type { SidecarPorts } from './sidecar/audio-sidecar.ts'

/** Storage for audio sidecars. */
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
    reader: mediaReader(objectReader(s3), buckets),
    async placement(key) {
      // ETag first: if another write comes in between, the ETag differs and ours is refused.
      const facts = await objectFacts(s3, { bucket: mediaBucket, key })
      return facts && { bytes: await readObject(s3, { bucket: mediaBucket, key }), etag: facts.etag }
    },
    storeStream: async (key, chunks) => {
      await storeStream(s3, { Bucket: mediaBucket, Key: key }, chunks)
    },
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

/** S3 errors if the object has another ETag by now, is being written, or is gone. */
const quicker: ReadonlySet<string> = new Set([
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
])

/** Dependencies of ingest storage. */
export interface IngestStoreOptions extends Buckets {
  readonly s3: S3Client
  readonly table: DynamoDBDocumentClient
  readonly indexTable: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Limit of an asset.json. */
const maxTextBytes = 1024 * 1024

/** Access to the index table, the uploads and the media bucket. */
export function ingestStore(options: IngestStoreOptions): Omit<IngestPorts, 'showProtected'> {
  const { s3, table, indexTable, uploadBucket, mediaBucket, now } = options
  const upload = (key: string, { versionId }: UploadSource) => ({ bucket: uploadBucket, key, versionId })
  return {
    ...assetRows({ client: table, table: indexTable, now }),
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
    async keep(key, chunks) {
      const size = await storeStream(s3, { Bucket: mediaBucket, Key: key }, chunks)
      const object = { bucket: mediaBucket, key }
      return { name: key, size, read: (offset, length) => readRange(s3, object, { offset, length }) }
    },
    async store(key, body, contentType) {
      await s3.send(
        new PutObjectCommand({ Bucket: mediaBucket, Key: key, Body: body, ContentType: contentType }),
      )
    },
  }
}
