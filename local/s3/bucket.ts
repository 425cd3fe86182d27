/** Operations on buckets and their settings. */
import { ask, type S3Context } from './access.ts'
import { type Answer, emptyAnswer, xmlAnswer } from './answer.ts'
import {
  parseCors,
  parseEncryption,
  parseLifecycle,
  parseNotifications,
  printCors,
  printEncryption,
  printLifecycle,
  printNotifications,
} from './bucket-config.ts'
import { receiveText } from './bytes/body.ts'
import { malformedXml, S3Fault } from './faults.ts'
import type { BucketConfig } from './model.ts'
import { owner } from './objects/list-objects.ts'
import { xmlTime } from './objects/object-head.ts'
import type { S3Request } from './request.ts'
import { elements, parseXml, textOf, type XmlElement, type XmlNode } from './xml.ts'

export function listBuckets(context: S3Context, { caller }: S3Request): Answer {
  context.authorize(caller, 's3:ListAllMyBuckets', 'arn:aws:s3:::*')
  const buckets = context.store
    .bucketNames()
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(
      ({ name, createdMs }): XmlNode => [
        'Bucket',
        [
          ['Name', name],
          ['CreationDate', xmlTime(createdMs)],
        ],
      ],
    )
  return xmlAnswer('ListAllMyBucketsResult', [owner, ['Buckets', buckets]])
}

export async function createBucket(context: S3Context, request: S3Request): Promise<Answer> {
  const { bucket, caller } = request
  ask(context, caller, 's3:CreateBucket', { bucket })
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new S3Fault(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
      detail: { BucketName: bucket },
    })
  // us-east-1 says yes to a bucket one owns already.
  if (!context.store.findBucket(bucket)) await context.store.configure(emptyBucket(bucket))
  return emptyAnswer(200, { location: `/${bucket}` })
}

/** A bucket as it is when nothing was said of it. */
export const emptyBucket = (name: string): BucketConfig => ({
  name,
  cors: [],
  lifecycle: [],
  notifications: [],
  encryption: { algorithm: 'AES256' },
})

export function headBucket(context: S3Context, { bucket, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:ListBucket', { bucket })
  return emptyAnswer(200)
}

export async function deleteBucket(context: S3Context, { bucket, caller }: S3Request): Promise<Answer> {
  const { keys } = context.store.bucket(bucket)
  ask(context, caller, 's3:DeleteBucket', { bucket })
  if (keys.size > 0)
    throw new S3Fault(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      detail: { BucketName: bucket },
    })
  for (const { upload } of context.store.uploads(bucket)) await context.store.abortUpload(upload.uploadId)
  await context.store.removeBucket(bucket)
  return emptyAnswer(204)
}

export function getBucketLocation(context: S3Context, { bucket, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:GetBucketLocation', { bucket })
  // Empty, for the oldest region, where everything here is, has no name in this answer.
  return xmlAnswer('LocationConstraint', [])
}

/** A part of a bucket's configuration that has a document of its own. */
export interface Setting {
  /** The name in the query: `?cors`. */
  readonly query: string
  readonly root: string
  readonly permission: { readonly get: string; readonly put: string }
  /** The document's content; throws what S3 answers while there is none. */
  readonly print: (config: BucketConfig) => readonly (XmlNode | undefined)[]
  readonly parse: (document: XmlElement) => Partial<BucketConfig>
  /** What DELETE leaves, where there is a DELETE. */
  readonly removed?: Partial<BucketConfig>
}

const orNotFound = (nodes: readonly XmlNode[], code: string, message: string) => {
  if (nodes.length === 0) throw new S3Fault(404, code, message)
  return nodes
}

export const settings: readonly Setting[] = [
  {
    query: 'versioning',
    root: 'VersioningConfiguration',
    permission: { get: 's3:GetBucketVersioning', put: 's3:PutBucketVersioning' },
    print: ({ versioning }) => [versioning === undefined ? undefined : ['Status', versioning]],
    parse: (document) => {
      const versioning = textOf(document, 'Status')
      if (versioning !== 'Enabled' && versioning !== 'Suspended') throw malformedXml()
      return { versioning }
    },
  },
  {
    query: 'cors',
    root: 'CORSConfiguration',
    permission: { get: 's3:GetBucketCORS', put: 's3:PutBucketCORS' },
    print: ({ cors }) =>
      orNotFound(printCors(cors), 'NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
    parse: (document) => ({ cors: parseCors(document) }),
    removed: { cors: [] },
  },
  {
    query: 'lifecycle',
    root: 'LifecycleConfiguration',
    permission: { get: 's3:GetLifecycleConfiguration', put: 's3:PutLifecycleConfiguration' },
    print: ({ lifecycle }) =>
      orNotFound(
        printLifecycle(lifecycle),
        'NoSuchLifecycleConfiguration',
        'The lifecycle configuration does not exist',
      ),
    parse: (document) => ({ lifecycle: parseLifecycle(document) }),
    removed: { lifecycle: [] },
  },
  {
    query: 'notification',
    root: 'NotificationConfiguration',
    permission: { get: 's3:GetBucketNotification', put: 's3:PutBucketNotification' },
    print: ({ notifications, eventBridge }) => printNotifications(notifications, eventBridge),
    // What is put takes the place of all that was there.
    parse: (document) => ({
      notifications: parseNotifications(document),
      eventBridge: elements(document, 'EventBridgeConfiguration').length > 0,
    }),
  },
  {
    query: 'encryption',
    root: 'ServerSideEncryptionConfiguration',
    permission: { get: 's3:GetEncryptionConfiguration', put: 's3:PutEncryptionConfiguration' },
    print: ({ encryption }) => printEncryption(encryption),
    parse: (document) => ({ encryption: parseEncryption(document) }),
    removed: { encryption: { algorithm: 'AES256' } },
  },
]

export function getSetting(context: S3Context, { bucket, caller }: S3Request, setting: Setting): Answer {
  const { config } = context.store.bucket(bucket)
  ask(context, caller, setting.permission.get, { bucket })
  return xmlAnswer(setting.root, setting.print(config))
}

export async function putSetting(context: S3Context, request: S3Request, setting: Setting): Promise<Answer> {
  const { bucket, caller } = request
  context.store.bucket(bucket)
  ask(context, caller, setting.permission.put, { bucket })
  const change = setting.parse(parseXml(await receiveText(request), setting.root))
  await context.store.configure({ ...context.store.bucket(bucket).config, ...change })
  return emptyAnswer(200)
}

export async function deleteSetting(
  context: S3Context,
  request: S3Request,
  setting: Setting,
): Promise<Answer> {
  const { bucket, caller } = request
  const { config } = context.store.bucket(bucket)
  ask(context, caller, setting.permission.put, { bucket })
  await context.store.configure({ ...config, ...setting.removed })
  return emptyAnswer(204)
}
