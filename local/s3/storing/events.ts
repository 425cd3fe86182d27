/** Which notifications a change causes, and the record each carries (event structure 2.1). */
import { region } from '../../service.ts'
import { defaultBusArn } from '../bus-event.ts'
import type { BucketConfig, BucketNotification, S3ObjectEvent, Version } from '../model.ts'
import { encodeKey } from '../request.ts'

/** What happened to a version; `name` without the `s3:`. */
export interface Happening {
  readonly name: string
  readonly version: Version
  readonly sequence: bigint
  readonly requestId: string
  readonly atMs: number
}

/** One event for each notification of the bucket that the happening concerns. */
export function eventsFor(config: BucketConfig, happening: Happening): readonly S3ObjectEvent[] {
  const told: readonly Told[] = [
    ...config.notifications.filter((notification) =>
      concerns(notification, happening.name, happening.version.key),
    ),
    // All that happens in the bucket: rules choose.
    ...(config.eventBridge ? [{ target: 'event-bridge', arn: defaultBusArn } as const] : []),
  ]
  return told.map((notification, index) => eventFor(config, { notification, index }, happening))
}

/** Who is told of it. */
interface Told {
  readonly id?: string
  readonly target: S3ObjectEvent['target']
  readonly arn: string
}

function concerns({ events, prefix = '', suffix = '' }: BucketNotification, name: string, key: string) {
  if (!key.startsWith(prefix) || !key.endsWith(suffix)) return false
  return events.some((pattern) => {
    const wanted = pattern.replace(/^s3:/, '')
    return wanted === name || (wanted.endsWith(':*') && name.startsWith(wanted.slice(0, -1)))
  })
}

function eventFor(
  config: BucketConfig,
  { notification, index }: { readonly notification: Told; readonly index: number },
  { name, version, sequence, requestId, atMs }: Happening,
): S3ObjectEvent {
  const sequencer = sequence.toString(16).toUpperCase().padStart(18, '0')
  const created = version.kind === 'object' && name.startsWith('ObjectCreated:')
  return {
    id: `${sequencer}.${index}`,
    bucket: config.name,
    target: notification.target,
    targetArn: notification.arn,
    record: {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: new Date(atMs).toISOString(),
      eventName: name,
      userIdentity: { principalId: 'AWS:LOCAL' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: notification.id ?? `${config.name}-${index}`,
        bucket: {
          name: config.name,
          ownerIdentity: { principalId: 'LOCAL' },
          arn: `arn:aws:s3:::${config.name}`,
        },
        object: {
          key: encodeKey(version.key),
          ...(created ? { size: version.sizeBytes, eTag: version.etag } : {}),
          ...(config.versioning ? { versionId: version.versionId } : {}),
          sequencer,
        },
      },
    },
  }
}
