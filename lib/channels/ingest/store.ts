/** The stores of ingest in AWS. */
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { HeadendError } from '../../errors.ts'
import type { FeedMemory } from '../../packaging/index.ts'
import { isGone } from '../../platform/aws/object-reader.ts'
import { objectFacts, readObject, readObjectInto } from '../../platform/aws/objects.ts'
import { sendMessage } from '../../platform/aws/send-message.ts'
import { keepDaysTag } from '../../timeline/live/keeping.ts'
import { liveStore } from '../live/store.ts'
import { channelStore } from '../store.ts'
import { type MessagePorts, maxObjectBytes } from './message.ts'
import type { FeedPorts, ReadUpload } from './ports.ts'

/** Names of the room's places, and its clock. */
export interface FeedStoreOptions {
  readonly s3: S3Client
  readonly table: string
  readonly mediaBucket: string
  /** URL of the archiver's queue. */
  readonly archiveQueue: string
  readonly now: () => number
  /** Random bytes. */
  readonly randomBytes: (length: number) => Uint8Array
}

/**
 * Reads a version of an upload, into `memory` if there is any; undefined if it is gone. Throws FEED_SEGMENT where it is
 * larger than any object of a feed.
 */
export const uploadReader =
  (s3: S3Client, bucket: string, memory?: FeedMemory): MessagePorts['upload'] =>
  (key, versionId) => {
    const object = { bucket, key, ...(versionId !== undefined && { versionId }) }
    const take = (length: number): Uint8Array => {
      if (length > maxObjectBytes)
        throw new HeadendError(
          'FEED_SEGMENT',
          `${key}: expected at most ${maxObjectBytes} bytes, got ${length}`,
        )
      return memory ? memory.take(length) : new Uint8Array(length)
    }
    return ifAny(readObjectInto(s3, object, take))
  }

/** Reads an upload that nothing told of, if it was written since then: an encoder that began anew has used the name before. */
export function untoldReader(
  s3: S3Client,
  bucket: string,
  upload: ReadUpload,
): NonNullable<FeedPorts['untold']> {
  return async (key, sinceMs) => {
    const facts = await objectFacts(s3, { bucket, key })
    return facts && facts.writtenMs >= sinceMs ? upload(key, facts.versionId) : undefined
  }
}

/** Writes an upload, as its encoder would have. */
export const uploadWriter =
  (s3: S3Client, bucket: string) =>
  async (key: string, bytes: Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }))
  }

const ifAny = (read: Promise<Uint8Array>): Promise<Uint8Array | undefined> =>
  read.catch((error: unknown) => {
    if (error instanceof HeadendError && error.code === 'OBJECT_GONE') return undefined
    throw error
  })

/** Objects of the media bucket, each written once. */
export function mediaObjects(
  s3: S3Client,
  mediaBucket: string,
): Pick<FeedPorts, 'object' | 'putOnce' | 'facts'> {
  const factsOf = async (Key: string) =>
    (await s3.send(new HeadObjectCommand({ Bucket: mediaBucket, Key }))).Metadata ?? {}
  return {
    object: (key) => ifAny(readObject(s3, { bucket: mediaBucket, key })),
    async putOnce(Key, Body, facts, keepDays) {
      const object = { Bucket: mediaBucket, Key, Body, Metadata: { ...facts }, IfNoneMatch: '*' }
      const kept = keepDays === undefined ? {} : { Tagging: `${keepDaysTag}=${keepDays}` }
      try {
        await s3.send(new PutObjectCommand({ ...object, ...kept }))
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
  }
}

/** Ports over S3 and the room's table. */
export function feedPorts({
  s3,
  table,
  mediaBucket,
  archiveQueue,
  now,
  randomBytes,
}: FeedStoreOptions): FeedPorts {
  const channels = channelStore({ table })
  return {
    ...mediaObjects(s3, mediaBucket),
    live: liveStore({ table }),
    channel: (id) => channels.channel(id),
    archive: (hour) => sendMessage(archiveQueue, JSON.stringify(hour)),
    randomBytes,
    now,
  }
}
