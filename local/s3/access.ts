/** Which permissions each step of an operation needs, asked in the order AWS asks them. */
import { type Authorize, account, type Caller, region, type SignedPolicy } from '../service.ts'
import { noSuchKey, noSuchVersion, S3Fault } from './faults.ts'
import type { Encryption, ObjectVersion, Version } from './model.ts'
import type { S3Request } from './request.ts'
import type { ObjectStore } from './storing/object-store.ts'

/** What every operation has at hand. */
export interface S3Context {
  readonly store: ObjectStore
  readonly authorize: Authorize
  readonly identifySigner: IdentifySigner
  readonly now: () => number
}

/** Who signed a form's policy; throws what S3 says of a signature that is none of theirs. */
export type IdentifySigner = (form: SignedPolicy) => Caller

/** Where a permission is asked: a bucket, or an object in it. */
export interface Place {
  readonly bucket: string
  readonly key?: string
}

const arnOf = ({ bucket, key }: Place) => `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`

/** Asks for one permission; throws AccessDenied. */
export function ask(
  { authorize }: Pick<S3Context, 'authorize'>,
  caller: Caller,
  action: string,
  place: Place,
  context: Readonly<Record<string, string>> = {},
) {
  authorize(caller, action, arnOf(place), context)
}

/** The permission on the object the request names. */
export const askOnObject = (
  context: S3Context,
  { caller, bucket, key }: S3Request,
  action: string,
  keys: Readonly<Record<string, string>> = {},
) => ask(context, caller, action, { bucket, key }, keys)

/** Use of the customer's key, which S3 makes in the caller's name. */
export function askKey(
  { authorize }: Pick<S3Context, 'authorize'>,
  caller: Caller,
  action: 'kms:GenerateDataKey' | 'kms:Decrypt',
  { keyArn }: Encryption,
) {
  if (keyArn === undefined) return
  authorize(caller, action, keyArn, {
    'kms:viaservice': `s3.${region}.amazonaws.com`,
    'kms:calleraccount': account,
  })
}

/** What is to be read, and by whom. */
export interface Reading extends Place {
  readonly key: string
  readonly versionId?: string | undefined
  readonly caller: Caller
  /** `GetObject`, `GetObjectTagging`, …; with a version id `GetObjectVersion`, … is asked. */
  readonly action?: string
}

/**
 * The version to read. Who may not list the bucket learns nothing of what is missing from it: 403, not 404.
 */
export function readVersion(context: S3Context, reading: Reading): ObjectVersion {
  const { bucket, key, versionId, caller, action = 's3:GetObject' } = reading
  const name = versionId === undefined ? action : action.replace('Object', 'ObjectVersion')
  // A bucket that does not exist is no secret.
  context.store.bucket(bucket)
  ask(context, caller, name, { bucket, key }, versionId === undefined ? {} : { 's3:versionid': versionId })
  checkVersionId(versionId)
  const version = context.store.version(bucket, key, versionId)
  if (version?.kind === 'object') return version
  ask(context, caller, 's3:ListBucket', { bucket })
  throw missing(reading, version)
}

function missing({ key, versionId }: Reading, version: Version | undefined): S3Fault {
  if (version?.kind === 'marker') {
    const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId }
    if (versionId === undefined) return noSuchKey(key, headers)
    return new S3Fault(
      405,
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      {
        headers: { ...headers, allow: 'DELETE' },
        detail: { Method: 'GET', ResourceType: 'DeleteMarker' },
      },
    )
  }
  return versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId)
}

/** Refuses what can be no version id; an unknown one is another fault. */
export function checkVersionId(versionId: string | undefined) {
  if (versionId !== undefined && versionId !== 'null' && !/^[\w.]{32}$/.test(versionId))
    throw new S3Fault(400, 'InvalidArgument', 'Invalid version id specified', {
      detail: { ArgumentName: 'versionId', ArgumentValue: versionId },
    })
}
