/** The stores of ingest in AWS. */
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isGone } from '../../platform/aws/object-reader.ts'
import { readObject } from '../../platform/aws/objects.ts'
import type { Log } from '../../platform/log.ts'
import { liveStore } from '../live/store.ts'
import { channelStore } from '../store.ts'
import type { MessagePorts } from './message.ts'

/** Names of the room's places, and its clock. */
export interface FeedStoreOptions {
  readonly s3: S3Client
  readonly table: string
  readonly uploadBucket: string
  readonly mediaBucket: string
  readonly now: () => number
  /** Random bytes. */
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Log
}

/** Ports over S3 and the room's table. */
export function feedPorts({
  s3,
  table,
  uploadBucket,
  mediaBucket,
  now,
  randomBytes,
  log,
}: FeedStoreOptions): MessagePorts {
  const ifAny = (object: { readonly bucket: string; readonly key: string; readonly versionId?: string }) =>
    readObject(s3, object).catch((error: unknown) => {
      if (isGone(error)) return undefined
      throw error
    })
  const factsOf = async (Key: string) =>
    (await s3.send(new HeadObjectCommand({ Bucket: mediaBucket, Key }))).Metadata ?? {}
  const channels = channelStore({ table })
  return {
    live: liveStore({ table }),
    channel: (id) => channels.channel(id),
    object: (key) => ifAny({ bucket: mediaBucket, key }),
    upload: (key, versionId) =>
      ifAny({ bucket: uploadBucket, key, ...(versionId !== undefined && { versionId }) }),
    async putOnce(Key, Body, facts) {
      try {
        await s3.send(
          new PutObjectCommand({ Bucket: mediaBucket, Key, Body, Metadata: { ...facts }, IfNoneMatch: '*' }),
        )
        return { facts }
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error
        return { facts: await factsOf(Key) }
      }
    },
    facts: (key) =>
      factsOf(key).catch((error: unknown) => {
        if (isGone(error)) return undefined
        throw error
      }),
    randomBytes,
    now,
    log,
  }
}
