/** ListMultipartUploads and ListParts. */
import { ask, askOnObject, type S3Context } from '../access.ts'
import { type Answer, xmlAnswer } from '../answer.ts'
import type { StoredPart, Upload } from '../model.ts'
import { checksumElement } from '../objects/copy-object.ts'
import { owner, parseListing, prefixes } from '../objects/list-objects.ts'
import { xmlTime } from '../objects/object-head.ts'
import { integerParameter, type S3Request } from '../request.ts'
import { pageOf, SortedKeys } from '../storing/sorted-keys.ts'
import type { XmlNode } from '../xml.ts'
import { uploadIdOf } from './multipart.ts'

export function listMultipartUploads(context: S3Context, { bucket, query, caller }: S3Request): Answer {
  context.store.bucket(bucket)
  ask(context, caller, 's3:ListBucketMultipartUploads', { bucket })
  const { prefix, delimiter, max, write, encoding } = parseListing(query, 'max-uploads')
  const keyMarker = query.get('key-marker') ?? ''
  // S3 ignores this marker without the other.
  const uploadMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '')
  const byKey = Map.groupBy(
    context.store.uploads(bucket).map(({ upload }) => upload),
    ({ key }) => key,
  )
  const keys = new SortedKeys()
  for (const key of byKey.keys()) keys.add(key)
  const page = pageOf(keys, {
    prefix,
    delimiter,
    max,
    after: keyMarker,
    resume: uploadMarker !== '',
    items: (key) => {
      const oldestFirst = (byKey.get(key) ?? []).toSorted(byStart)
      if (key !== keyMarker || uploadMarker === '') return oldestFirst
      return oldestFirst.slice(oldestFirst.findIndex(({ uploadId }) => uploadId === uploadMarker) + 1)
    },
  })
  const last = page.items.at(-1)
  return xmlAnswer('ListMultipartUploadsResult', [
    ['Bucket', bucket],
    ['KeyMarker', write(keyMarker)],
    ['UploadIdMarker', uploadMarker],
    page.truncated ? ['NextKeyMarker', write(page.last)] : undefined,
    page.truncated && last?.key === page.last ? ['NextUploadIdMarker', last.uploadId] : undefined,
    ['Prefix', write(prefix)],
    delimiter === '' ? undefined : ['Delimiter', write(delimiter)],
    ['MaxUploads', max],
    encoding,
    ['IsTruncated', page.truncated],
    ...page.items.map((upload): XmlNode => ['Upload', uploadNodes(upload, write)]),
    ...prefixes(page.commonPrefixes, write),
  ])
}

const byStart = (left: Upload, right: Upload) =>
  left.startedMs - right.startedMs || (left.uploadId < right.uploadId ? -1 : 1)

const uploadNodes = (upload: Upload, write: (key: string) => string): readonly (XmlNode | undefined)[] => [
  ['Key', write(upload.key)],
  ['UploadId', upload.uploadId],
  initiator,
  owner,
  ['StorageClass', upload.storageClass ?? 'STANDARD'],
  ['Initiated', xmlTime(upload.startedMs)],
  ...checksumNodes(upload),
]

const initiator: XmlNode = ['Initiator', [['ID', 'local']]]

const checksumNodes = ({ checksumAlgorithm, checksumType }: Upload): readonly (XmlNode | undefined)[] =>
  checksumAlgorithm && checksumType
    ? [
        ['ChecksumAlgorithm', checksumAlgorithm],
        ['ChecksumType', checksumType],
      ]
    : []

export function listParts(context: S3Context, request: S3Request): Answer {
  const { bucket, key, query } = request
  context.store.bucket(bucket)
  askOnObject(context, request, 's3:ListMultipartUploadParts')
  const { upload, parts } = context.store.upload(bucket, key, uploadIdOf(request))
  const marker = integerParameter(query, 'part-number-marker', { fallback: 0, max: 10_000 })
  const max = integerParameter(query, 'max-parts', { fallback: 1000, max: 1000 })
  const rest = [...parts.values()]
    .filter(({ number }) => number > marker)
    .toSorted((left, right) => left.number - right.number)
  const page = rest.slice(0, max)
  const truncated = max > 0 && rest.length > max
  return xmlAnswer('ListPartsResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', upload.uploadId],
    initiator,
    owner,
    ['StorageClass', upload.storageClass ?? 'STANDARD'],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', page.at(-1)?.number ?? 0],
    ['MaxParts', max],
    ['IsTruncated', truncated],
    ...checksumNodes(upload),
    ...page.map((part): XmlNode => ['Part', partNodes(part)]),
  ])
}

const partNodes = (part: StoredPart): readonly XmlNode[] => [
  ['PartNumber', part.number],
  ['LastModified', xmlTime(part.modifiedMs)],
  ['ETag', `"${part.etag}"`],
  ['Size', part.sizeBytes],
  [checksumElement(part.checksum.algorithm), part.checksum.value],
]
