/** What S3 tells EventBridge (S3 User Guide, "EventBridge event message structure"): other names, and keys as they are. */
import { createHash } from 'node:crypto'
import { account, region } from '../service.ts'
import type { S3ObjectEvent } from './model.ts'

/** Where S3 sends what happens in a bucket that has EventBridge on. */
export const defaultBusArn = `arn:aws:events:${region}:${account}:event-bus/default`

/** The event of a notification; told again it has the same id. */
export function busEvent({ id, bucket, record }: S3ObjectEvent): Readonly<Record<string, unknown>> {
  const { eventName, eventTime, s3, requestParameters, responseElements } = record
  const { key, size, eTag, versionId, sequencer } = s3.object
  return {
    version: '0',
    id: uuidOf(`${bucket} ${id}`),
    'detail-type': detailTypeOf(eventName),
    source: 'aws.s3',
    account,
    time: eventTime.replace(/\.\d+/, ''),
    region,
    resources: [s3.bucket.arn],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key: decodeURIComponent(key.replaceAll('+', ' ')),
        ...(size !== undefined && { size }),
        ...(eTag !== undefined && { etag: eTag }),
        ...(versionId !== undefined && { 'version-id': versionId }),
        sequencer,
      },
      'request-id': responseElements['x-amz-request-id'] ?? '',
      requester: account,
      'source-ip-address': requestParameters.sourceIPAddress,
      ...reasonOf(eventName),
    },
  }
}

function detailTypeOf(eventName: string): string {
  if (eventName.startsWith('ObjectCreated:')) return 'Object Created'
  return eventName === 'LifecycleTransition' ? 'Object Storage Class Changed' : 'Object Deleted'
}

/** By which request an object came, or how it went. */
function reasonOf(eventName: string): Readonly<Record<string, string>> {
  const created = createdBy.get(eventName)
  if (created !== undefined) return { reason: created }
  if (eventName === 'LifecycleTransition') return {}
  const [cause = '', how] = eventName.split(':')
  return {
    reason: cause === 'LifecycleExpiration' ? 'Lifecycle Expiration' : 'DeleteObject',
    'deletion-type': how === 'DeleteMarkerCreated' ? 'Delete Marker Created' : 'Permanently Deleted',
  }
}

const createdBy: ReadonlyMap<string, string> = new Map([
  ['ObjectCreated:Put', 'PutObject'],
  ['ObjectCreated:Post', 'POST Object'],
  ['ObjectCreated:Copy', 'CopyObject'],
  ['ObjectCreated:CompleteMultipartUpload', 'CompleteMultipartUpload'],
])

const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
