/** The stores of the minute's clock in AWS. */
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { isGone } from '../../platform/aws/object-reader.ts'
import { type FeedStoreOptions, feedPorts } from '../ingest/store.ts'
import { channelStore } from '../store.ts'
import type { ClockPorts } from './ports.ts'

/** Ports over S3 and the room's table. */
export function clockPorts(options: Omit<FeedStoreOptions, 'uploadBucket' | 'randomBytes'>): ClockPorts {
  const { s3, table, mediaBucket: Bucket, now, log } = options
  // The clock reads no uploads, and begins no life.
  const feed = feedPorts({ ...options, uploadBucket: '', randomBytes: nothing })
  return {
    live: feed.live,
    putOnce: (...object) => feed.putOnce(...object),
    facts: (key) => feed.facts(key),
    now,
    log,
    channels: channelStore({ table }),
    async writtenMs(Key) {
      try {
        const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
        return LastModified?.getTime()
      } catch (error) {
        if (isGone(error)) return undefined
        throw error
      }
    },
  }
}

const nothing = (): Uint8Array => new Uint8Array(0)
