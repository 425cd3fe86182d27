/** Which operation a request asks for: method, path and the one query name that chooses among them. */
import type { S3Context } from './access.ts'
import { getBucketAcl, getObjectAcl, getOwnershipControls, putBucketAcl, putObjectAcl } from './acl.ts'
import type { Answer } from './answer.ts'
import * as bucket from './bucket.ts'
import { notImplemented, S3Fault } from './faults.ts'
import { postObject } from './forms/post-object.ts'
import { completeMultipartUpload } from './multipart/complete-upload.ts'
import { listMultipartUploads, listParts } from './multipart/list-uploads.ts'
import {
  abortMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './multipart/multipart.ts'
import { copyObject } from './objects/copy-object.ts'
import { deleteObject, deleteObjects } from './objects/delete-object.ts'
import { getObject } from './objects/get-object.ts'
import { listObjects, listObjectVersions } from './objects/list-objects.ts'
import {
  deleteObjectTagging,
  getObjectAttributes,
  getObjectTagging,
  putObjectTagging,
} from './objects/object-details.ts'
import { putObject } from './objects/put-object.ts'
import { invalidUri, type S3Request } from './request.ts'

export type Operation = (context: S3Context, request: S3Request) => Answer | Promise<Answer>

/** By `METHOD` or `METHOD ?query`. */
type Operations = Readonly<Record<string, Operation>>

const onAccount: Operations = { GET: bucket.listBuckets }

const onBucket: Operations = {
  GET: listObjects,
  HEAD: bucket.headBucket,
  PUT: bucket.createBucket,
  POST: postObject,
  DELETE: bucket.deleteBucket,
  'GET ?acl': getBucketAcl,
  'PUT ?acl': putBucketAcl,
  'GET ?ownershipControls': getOwnershipControls,
  'GET ?location': bucket.getBucketLocation,
  'GET ?versions': listObjectVersions,
  'GET ?uploads': listMultipartUploads,
  'POST ?delete': deleteObjects,
  ...Object.fromEntries(
    bucket.settings.flatMap((setting): readonly (readonly [string, Operation])[] => [
      [`GET ?${setting.query}`, (context, request) => bucket.getSetting(context, request, setting)],
      [`PUT ?${setting.query}`, (context, request) => bucket.putSetting(context, request, setting)],
      ...(setting.removed
        ? [
            [
              `DELETE ?${setting.query}`,
              (context: S3Context, request: S3Request) => bucket.deleteSetting(context, request, setting),
            ] as const,
          ]
        : []),
    ]),
  ),
}

const onObject: Operations = {
  GET: getObject,
  HEAD: getObject,
  PUT: (context, request) => (isCopy(request) ? copyObject : putObject)(context, request),
  DELETE: deleteObject,
  'GET ?tagging': getObjectTagging,
  'PUT ?tagging': putObjectTagging,
  'DELETE ?tagging': deleteObjectTagging,
  'GET ?acl': getObjectAcl,
  'PUT ?acl': putObjectAcl,
  'GET ?attributes': getObjectAttributes,
  'POST ?uploads': createMultipartUpload,
  'PUT ?uploadId': (context, request) => (isCopy(request) ? uploadPartCopy : uploadPart)(context, request),
  'GET ?uploadId': listParts,
  'POST ?uploadId': completeMultipartUpload,
  'DELETE ?uploadId': abortMultipartUpload,
}

const isCopy = ({ header }: S3Request) => header('x-amz-copy-source') !== undefined

/** Query names that choose an operation; those not above are refused, not mistaken for a plain GET. */
const choosing = [
  ...bucket.settings.map(({ query }) => query),
  ...(
    'location versions uploads uploadId delete tagging attributes acl accelerate analytics intelligent-tiering ' +
    'inventory legal-hold logging metrics object-lock ownershipControls policy policyStatus publicAccessBlock ' +
    'replication requestPayment restore retention select session torrent website append renameObject'
  ).split(' '),
]

/** The operation, or the fault S3 has for none. */
export function operationOf({ method, readable, bucket: name, key, query }: S3Request): Operation {
  if (!readable) throw invalidUri()
  const operations = name === '' ? onAccount : key === '' ? onBucket : onObject
  const chosen = choosing.find((candidate) => query.has(candidate))
  const operation = operations[chosen === undefined ? method : `${method} ?${chosen}`]
  if (operation) return operation
  if (chosen !== undefined) throw notImplemented(`${method} ?${chosen}`)
  throw new S3Fault(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    detail: { Method: method, ResourceType: key === '' ? 'BUCKET' : 'OBJECT' },
  })
}
