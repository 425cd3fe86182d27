/** The stores of the archiver in AWS. */
import { PutObjectTaggingCommand, type S3Client } from '@aws-sdk/client-s3'
import { objectFacts } from '../../platform/aws/objects.ts'
import { storeStream } from '../../platform/aws/store-stream.ts'
import { keepDaysTag } from '../../timeline/live/keeping.ts'
import type { HoldPorts } from '../holds/keep-held.ts'
import { rowKeeper } from '../holds/keep-rows.ts'
import { holdStore } from '../holds/store.ts'
import { mediaObjects } from '../ingest/store.ts'
import type { ArchivePorts } from './ports.ts'

/** The room's places. */
export interface ArchiveStoreOptions {
  readonly s3: S3Client
  readonly table: string
  readonly mediaBucket: string
}

/** Ports over the media bucket and the room's table. */
export function archivePorts({ s3, table, mediaBucket }: ArchiveStoreOptions): ArchivePorts & HoldPorts {
  const { object, putOnce } = mediaObjects(s3, mediaBucket)
  return {
    object,
    putOnce,
    holds: holdStore({ table }),
    keepRows: rowKeeper(table),
    async keep(Key, daysFor) {
      const written = await objectFacts(s3, { bucket: mediaBucket, key: Key })
      if (!written) return false
      const Tagging = { TagSet: [{ Key: keepDaysTag, Value: String(daysFor(written.writtenMs)) }] }
      await s3.send(new PutObjectTaggingCommand({ Bucket: mediaBucket, Key, Tagging }))
      return true
    },
    async has(Key) {
      return (await objectFacts(s3, { bucket: mediaBucket, key: Key })) !== undefined
    },
    async putStream(Key, chunks, keepDays) {
      const Tagging = `${keepDaysTag}=${keepDays}`
      try {
        await storeStream(s3, { Bucket: mediaBucket, Key, Tagging, isNew: true }, chunks)
      } catch (error) {
        // Somebody else archived it at the same time, and wrote the same.
        if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error
      }
    },
  }
}
