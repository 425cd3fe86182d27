/** Access control lists, which are disabled: every bucket here is as with the setting "bucket owner enforced". */
import { ask, readVersion, type S3Context } from './access.ts'
import { type Answer, xmlAnswer } from './answer.ts'
import { S3Fault } from './faults.ts'
import { owner } from './objects/list-objects.ts'
import { versionHeaders } from './objects/object-head.ts'
import type { S3Request } from './request.ts'
import type { XmlNode } from './xml.ts'

/** Lists can still be read, and say that the bucket's owner may do everything. */
export function getBucketAcl(context: S3Context, { bucket, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:GetBucketAcl', { bucket })
  return ownersAlone()
}

export function getObjectAcl(context: S3Context, { bucket, key, caller, query }: S3Request): Answer {
  const versionId = query.get('versionId') ?? undefined
  const version = readVersion(context, { bucket, key, caller, versionId, action: 's3:GetObjectAcl' })
  return ownersAlone(versionHeaders(context.store.bucket(bucket).config, version.versionId))
}

/** What clients ask that would rather know than send a list and be refused. */
export function getOwnershipControls(context: S3Context, { bucket, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:GetBucketOwnershipControls', { bucket })
  return xmlAnswer('OwnershipControls', [['Rule', [['ObjectOwnership', 'BucketOwnerEnforced']]]])
}

/** Whoever may change lists learns that there are none. */
export function putBucketAcl(context: S3Context, { bucket, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:PutBucketAcl', { bucket })
  throw aclsDisabled()
}

export function putObjectAcl(context: S3Context, { bucket, key, caller, query }: S3Request): Answer {
  const versionId = query.get('versionId') ?? undefined
  readVersion(context, { bucket, key, caller, versionId, action: 's3:PutObjectAcl' })
  throw aclsDisabled()
}

/**
 * Whether a write brings a list of its own, which takes `s3:PutObjectAcl`. Of all lists only the one that says what
 * holds anyway is taken, and that as a canned one: AWS also knows it by the owner's canonical id.
 */
export function bringsAcl({ header, headers }: Pick<S3Request, 'header' | 'headers'>): boolean {
  const canned = header('x-amz-acl')
  const grants = Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'))
  if (grants || (canned !== undefined && canned !== 'bucket-owner-full-control')) throw aclsDisabled()
  return canned !== undefined
}

const aclsDisabled = () => new S3Fault(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs')

function ownersAlone(headers: Readonly<Record<string, string>> = {}): Answer {
  const [, ownerId] = owner
  const grant: XmlNode = [
    'Grant',
    [
      [
        'Grantee',
        ownerId,
        { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:type': 'CanonicalUser' },
      ],
      ['Permission', 'FULL_CONTROL'],
    ],
  ]
  return xmlAnswer('AccessControlPolicy', [owner, ['AccessControlList', [grant]]], headers)
}
