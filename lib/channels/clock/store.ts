/** The stores of the minute's clock in AWS. */
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { isGone } from '../../platform/aws/object-reader.ts'
import type { Log } from '../../platform/log.ts'
import { type FeedStoreOptions, feedPorts } from '../ingest/store.ts'
import { channelStore } from '../store.ts'
import type { ClockPorts } from './ports.ts'

/** Ports over S3 and the room's table. */
export function clockPorts({
  log,
  ...options
}: Omit<FeedStoreOptions, 'randomBytes'> & { readonly log: Log }): ClockPorts {
  const { s3, table, mediaBucket: Bucket, now } = options
  // The clock begins no life.
  const feed = feedPorts({ ...options, randomBytes: nothing })
  return {
    live: feed.live,
    putOnce: (...object) => feed.putOnce(...object),
    archive: (hour) => feed.archive(hour),
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
