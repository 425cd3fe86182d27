/**
 * Parses S3's upload events in the ingest queue: from EventBridge, and in the format of S3's own notifications, which
 * messages in flight have at the switch from one to the other.
 */
import { HeadendError } from '../../errors.ts'

/** One version of one uploaded object. */
export interface Upload {
  readonly key: string
  readonly source: UploadSource
}

/** The facts stored about an upload. */
export interface UploadSource {
  /** Absent if the bucket is not versioned. */
  readonly versionId?: string
  /** Orders the events of one key by text comparison. Absent if the upload was found by listing, not notified. */
  readonly sequencer?: string
  /** ISO 8601. */
  readonly eventTime: string
  readonly bytes: number
  readonly etag: string
}

/**
 * The uploads in a message. S3's test event and records of other kinds contain none; a message that is not JSON throws
 * EVENT_UNREADABLE and ends in the dead-letter queue, where somebody sees it.
 */
export function uploadsOf(body: string): Upload[] {
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch (cause) {
    throw new HeadendError('EVENT_UNREADABLE', 'expected a JSON message from S3', { cause, status: 500 })
  }
  const created = createdObject(message)
  if (created) return [created]
  const records = field(message, 'Records')
  if (!Array.isArray(records)) return []
  return records.flatMap((record: unknown) => {
    const name = text(record, 'eventName')
    const object = field(field(record, 's3'), 'object')
    const key = field(object, 'key')
    if (!/^(s3:)?ObjectCreated:/.test(name) || typeof key !== 'string') return []
    return [{ key: decoded(key), source: sourceOf(record, object) }]
  })
}

/**
 * The object in an EventBridge event (S3 User Guide, "EventBridge event message structure"): its key is not encoded,
 * and its members have other names. Undefined for a message of another kind.
 */
function createdObject(message: unknown): Upload | undefined {
  if (text(message, 'source') !== 'aws.s3' || text(message, 'detail-type') !== 'Object Created')
    return undefined
  const object = field(field(message, 'detail'), 'object')
  const [key, versionId, sequencer] = ['key', 'version-id', 'sequencer'].map((name) => text(object, name))
  if (!key)
    throw new HeadendError('EVENT_UNREADABLE', 'expected the key of the object that was created', {
      status: 500,
    })
  return {
    key,
    source: {
      ...(versionId && { versionId }),
      ...(sequencer && { sequencer: comparable(sequencer) }),
      eventTime: text(message, 'time'),
      bytes: Number(field(object, 'size') ?? 0),
      etag: text(object, 'etag'),
    },
  }
}

function sourceOf(record: unknown, object: unknown): UploadSource {
  const versionId = field(object, 'versionId')
  const sequencer = field(object, 'sequencer')
  return {
    ...(typeof versionId === 'string' && versionId !== '' && { versionId }),
    ...(typeof sequencer === 'string' && { sequencer: comparable(sequencer) }),
    eventTime: text(record, 'eventTime'),
    bytes: Number(field(object, 'size') ?? 0),
    etag: text(object, 'eTag'),
  }
}

/**
 * S3's rule: pad the shorter sequencer with zeros on its right, then compare as text. Without trailing zeros sequencers
 * compare the same way unpadded.
 */
const comparable = (sequencer: string): string => sequencer.toUpperCase().replace(/0+$/, '')

/** Keys are URL-encoded, with spaces as plus signs. */
function decoded(key: string): string {
  const spaced = key.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

function text(value: unknown, name: string): string {
  const found = field(value, name)
  return typeof found === 'string' ? found : ''
}
