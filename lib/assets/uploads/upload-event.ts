/**
 * What S3 tells of uploads, as the ingest queue brings it: by EventBridge, and in the form of its own notifications, which
 * messages have that were under way when the one took the place of the other.
 */
import { HeadendError } from '../../errors.ts'

/** One version of one uploaded object. */
export interface Upload {
  readonly key: string
  readonly source: UploadSource
}

/** What is remembered of it. */
export interface UploadSource {
  /** Absent where the bucket has no versions. */
  readonly versionId?: string
  /** Orders the events of one key: compare as text. Absent where the upload was found, not notified. */
  readonly sequencer?: string
  /** ISO 8601. */
  readonly eventTime: string
  readonly bytes: number
  readonly etag: string
}

/**
 * The uploads a message tells of. S3's test event, and records of other kinds, tell of none; a message that is
 * no JSON throws EVENT_UNREADABLE and ends in the dead-letter queue, where somebody sees it.
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
 * The object an event of EventBridge tells of (S3 User Guide, "EventBridge event message structure"): its key is as it
 * is, its members have names of their own. Undefined for a message of another kind.
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
 * S3 says: pad the shorter sequencer with zeros on its right, then compare as text. Without its zeros at the end
 * every sequencer compares so as it stands.
 */
const comparable = (sequencer: string): string => sequencer.toUpperCase().replace(/0+$/, '')

/** Keys come URL-encoded, spaces as plus signs. */
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
