/** `AWS::S3::Bucket` and what CDK sets on it by a custom resource, as options of the local S3. */
import { LocalError } from '../errors.ts'
import type { Iam } from '../iam/index.ts'
import {
  flag,
  isRecord,
  type JsonRecord,
  optionalInteger,
  optionalRecord,
  optionalText,
  records,
  text,
  texts,
} from '../json-input.ts'
import { AwsFault, type Caller } from '../service.ts'
import type { Resource, Template } from '../template/model.ts'
import type { BucketNotification, BucketOptions, CorsRule, Encryption, LifecycleRule } from './index.ts'
import type { Transition } from './model.ts'
import { checkedRule } from './storing/transitions.ts'

/** Everything the template says about a bucket, notifications included. */
export function bucketOptions(template: Template, bucket: Resource): BucketOptions {
  const { properties, name } = bucket
  const versioning = optionalRecord(properties, 'VersioningConfiguration')
  return {
    name,
    versioned: versioning?.['Status'] === 'Enabled',
    cors: records(optionalRecord(properties, 'CorsConfiguration') ?? {}, 'CorsRules').map(corsRule),
    lifecycle: records(optionalRecord(properties, 'LifecycleConfiguration') ?? {}, 'Rules').map(
      lifecycleRule,
    ),
    encryption: encryptionOf(template, properties),
    notifications: configurationsOf(template, bucket).flatMap(notificationsIn),
    eventBridge: configurationsOf(template, bucket).some(tellsEventBridge),
  }
}

/**
 * Refuses a notification whose target would not take it, as S3 does when the notification is put: without
 * this grant a deploy fails, so a start does too.
 */
export function assertDestinations(iam: Iam, { name, notifications = [] }: BucketOptions): void {
  for (const { target, arn } of notifications) {
    const action = target === 'function' ? 'lambda:InvokeFunction' : 'sqs:SendMessage'
    try {
      iam.authorize(s3Caller(name), action, arn)
    } catch (cause) {
      if (!(cause instanceof AwsFault)) throw cause
      throw new LocalError(
        'S3_DESTINATION_REFUSED',
        `bucket ${name}: Unable to validate the following destination configurations: ${arn} (${cause.message})`,
        { cause },
      )
    }
  }
}

/** S3 as it speaks for one of its buckets. */
export function s3Caller(bucket: string): Caller {
  return { kind: 'service', principal: 's3.amazonaws.com', sourceArn: `arn:aws:s3:::${bucket}` }
}

/** What the template says of a bucket's notifications: itself, and by the resource that CDK has for it. */
function configurationsOf(template: Template, bucket: Resource): readonly JsonRecord[] {
  const own = optionalRecord(bucket.properties, 'NotificationConfiguration')
  const custom = template
    .ofType('Custom::S3BucketNotifications')
    .filter(({ properties }) => properties['BucketName'] === bucket.name)
    .map(({ properties }) => record(properties['NotificationConfiguration']))
  return [...(own ? [own] : []), ...custom]
}

/** Topics do not run here, which is said at start. */
const notificationsIn = (configuration: JsonRecord): readonly BucketNotification[] =>
  list(configuration, 'Queue', 'queue').concat(list(configuration, 'Lambda', 'function'))

/** The API's form is an empty object; the bucket's own property says it by a member, and by being there. */
function tellsEventBridge(configuration: JsonRecord): boolean {
  const said = optionalRecord(configuration, 'EventBridgeConfiguration')
  return said !== undefined && said['EventBridgeEnabled'] !== false
}

/** The bucket's own property says `Event`, `Queue` and `Function`, the API's form `Events`, `QueueArn`, … */
function list(
  configuration: JsonRecord,
  kind: 'Queue' | 'Lambda',
  target: BucketNotification['target'],
): readonly BucketNotification[] {
  const lists =
    kind === 'Queue' ? ['QueueConfigurations'] : ['LambdaFunctionConfigurations', 'LambdaConfigurations']
  return lists.flatMap((name) => records(configuration, name)).map((entry) => notification(entry, target))
}

function notification(entry: JsonRecord, target: BucketNotification['target']): BucketNotification {
  const arns = ['QueueArn', 'Queue', 'LambdaFunctionArn', 'Function'].map((name) => optionalText(entry, name))
  const event = optionalText(entry, 'Event')
  const id = optionalText(entry, 'Id')
  return {
    target,
    arn: arns.find((arn) => arn !== undefined) ?? '',
    events: event === undefined ? texts(entry, 'Events') : [event],
    ...(id !== undefined && { id }),
    ...filterOf(entry),
  }
}

function filterOf(entry: JsonRecord): Pick<BucketNotification, 'prefix' | 'suffix'> {
  const filter = optionalRecord(entry, 'Filter') ?? {}
  const key = optionalRecord(filter, 'Key') ?? optionalRecord(filter, 'S3Key') ?? {}
  const rules = [...records(key, 'FilterRules'), ...records(key, 'Rules')]
  const value = (name: string) => {
    const rule = rules.find((candidate) => optionalText(candidate, 'Name')?.toLowerCase() === name)
    return rule === undefined ? undefined : text(rule, 'Value')
  }
  const prefix = value('prefix')
  const suffix = value('suffix')
  return { ...(prefix !== undefined && { prefix }), ...(suffix !== undefined && { suffix }) }
}

function corsRule(rule: JsonRecord): CorsRule {
  const maxAge = optionalInteger(rule, 'MaxAge')
  return {
    allowedOrigins: texts(rule, 'AllowedOrigins'),
    allowedMethods: texts(rule, 'AllowedMethods'),
    allowedHeaders: texts(rule, 'AllowedHeaders'),
    exposeHeaders: texts(rule, 'ExposedHeaders'),
    ...(maxAge !== undefined && { maxAgeSeconds: maxAge }),
  }
}

function lifecycleRule(rule: JsonRecord): LifecycleRule {
  const noncurrent = optionalRecord(rule, 'NoncurrentVersionExpiration')
  const abort = optionalRecord(rule, 'AbortIncompleteMultipartUpload')
  const tags = records(rule, 'TagFilters').map((tag) => [text(tag, 'Key'), text(tag, 'Value')] as const)
  const transitions = transitionsOf(rule, 'Transitions')
  const noncurrentTransitions = transitionsOf(rule, 'NoncurrentVersionTransitions')
  const whole: Record<keyof LifecycleRule, unknown> = {
    id: optionalText(rule, 'Id'),
    enabled: rule['Status'] === 'Enabled',
    prefix: optionalText(rule, 'Prefix'),
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags),
    expirationDays: optionalInteger(rule, 'ExpirationInDays'),
    expiredObjectDeleteMarker: flag(rule, 'ExpiredObjectDeleteMarker') || undefined,
    noncurrentVersionExpirationDays: noncurrent && optionalInteger(noncurrent, 'NoncurrentDays'),
    newerNoncurrentVersions: noncurrent && optionalInteger(noncurrent, 'NewerNoncurrentVersions'),
    abortIncompleteMultipartUploadDays: abort && optionalInteger(abort, 'DaysAfterInitiation'),
    transitions: transitions.length > 0 ? transitions : undefined,
    noncurrentTransitions: noncurrentTransitions.length > 0 ? noncurrentTransitions : undefined,
  }
  return checkedRule({ enabled: rule['Status'] === 'Enabled', ...withoutAbsent(whole) })
}

const transitionsOf = (rule: JsonRecord, name: string): Transition[] =>
  records(rule, name).map((one) => ({
    days: optionalInteger(one, 'TransitionInDays') ?? 0,
    storageClass: text(one, 'StorageClass'),
  }))

function encryptionOf(template: Template, properties: JsonRecord): Encryption {
  const settings = optionalRecord(properties, 'BucketEncryption') ?? {}
  const [rule] = records(settings, 'ServerSideEncryptionConfiguration')
  const byDefault = rule && optionalRecord(rule, 'ServerSideEncryptionByDefault')
  if (byDefault?.['SSEAlgorithm'] !== 'aws:kms') return { algorithm: 'AES256' }
  const key = optionalText(byDefault, 'KMSMasterKeyID')
  const keyArn =
    template
      .ofType('AWS::KMS::Key')
      .find(({ ref }) => ref === key)
      ?.attribute('Arn') ?? key
  return {
    algorithm: 'aws:kms',
    ...(keyArn !== undefined && { keyArn }),
    bucketKey: rule !== undefined && flag(rule, 'BucketKeyEnabled'),
  }
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}
