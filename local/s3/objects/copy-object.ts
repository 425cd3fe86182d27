/** CopyObject, and the source of a copy, which UploadPartCopy reads too. */
import { askKey, readVersion, type S3Context } from '../access.ts'
import { type Answer, xmlAnswer } from '../answer.ts'
import { type Received, store as storeBytes } from '../bytes/body.ts'
import { parseAlgorithm } from '../bytes/checksum.ts'
import { invalidArgument, invalidRequest, S3Fault } from '../faults.ts'
import type { ChecksumAlgorithm, ObjectHead, ObjectVersion } from '../model.ts'
import { decodePath, type S3Request } from '../request.ts'
import { extentsOf } from '../storing/object-store.ts'
import { copyCondition, writeCondition } from './conditions.ts'
import { encryptionHeaders, isArchived, objectHead, versionHeaders, xmlTime } from './object-head.ts'
import { askWrite, singlePart } from './put-object.ts'
import type { ByteRange } from './range.ts'

export async function copyObject(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  const { bucket, key, header } = request
  const { config } = store.bucket(bucket)
  const source = copySource(context, request)
  const head = copiedHead(context, request, source)
  askWrite(context, request, head)
  const condition = writeCondition(header, store.current(bucket, key))
  const wanted = header('x-amz-checksum-algorithm')
  const received = await copyBytes(context, source.version, {
    algorithm: wanted === undefined ? source.version.checksum.algorithm : parseAlgorithm(wanted),
  })
  const version = await store.put(bucket, singlePart(key, head, received), {
    eventName: 'ObjectCreated:Copy',
    requestId: request.id,
    condition,
  })
  return xmlAnswer(
    'CopyObjectResult',
    [
      ['LastModified', xmlTime(version.modifiedMs)],
      ['ETag', `"${version.etag}"`],
      [checksumElement(version.checksum.algorithm), version.checksum.value],
      ['ChecksumType', version.checksum.type],
    ],
    {
      ...encryptionHeaders(version.encryption),
      ...versionHeaders(config, version.versionId),
      ...sourceHeaders(context, source),
    },
  )
}

export interface CopySource {
  readonly bucket: string
  readonly version: ObjectVersion
  /** Whether the request named the version. */
  readonly named: boolean
}

/** The version `x-amz-copy-source` names, if the caller may read it and the source conditions hold. */
export function copySource(context: S3Context, { header, caller }: S3Request): CopySource {
  const [path = '', parameters = ''] = (header('x-amz-copy-source') ?? '').split('?', 2)
  const decoded = decodePath(path.replaceAll('+', ' ')).replace(/^\//, '')
  const slash = decoded.indexOf('/')
  if (slash <= 0 || slash === decoded.length - 1)
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey')
  const bucket = decoded.slice(0, slash)
  const versionId = new URLSearchParams(parameters).get('versionId') ?? undefined
  const version = readVersion(context, { bucket, key: decoded.slice(slash + 1), versionId, caller })
  askKey(context, caller, 'kms:Decrypt', version.encryption)
  copyCondition(header, version)
  if (isArchived(version))
    throw new S3Fault(
      403,
      'ObjectNotInActiveTierError',
      'The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.',
    )
  return { bucket, version, named: versionId !== undefined }
}

export const sourceHeaders = (
  { store }: S3Context,
  { bucket, version }: CopySource,
): Record<string, string> =>
  store.bucket(bucket).config.versioning ? { 'x-amz-copy-source-version-id': version.versionId } : {}

/** Copies the bytes: a blob belongs to one version, and the copy's ETag is of its bytes, not of the source's parts. */
export function copyBytes(
  { store }: S3Context,
  version: ObjectVersion,
  {
    range,
    algorithm,
  }: { readonly range?: ByteRange | undefined; readonly algorithm?: ChecksumAlgorithm | undefined },
): Promise<Received> {
  const { offsetBytes, sizeBytes } = range ?? { offsetBytes: 0, sizeBytes: version.sizeBytes }
  return storeBytes(store.blobs, store.blobs.read(extentsOf(version, offsetBytes, sizeBytes)), algorithm)
}

/** `ChecksumCRC32`, the element of an answer's XML. */
export const checksumElement = (algorithm: ChecksumAlgorithm) => `Checksum${algorithm}`

function copiedHead(
  context: S3Context,
  request: S3Request,
  { bucket, version, named }: CopySource,
): ObjectHead {
  const { header } = request
  const metadata = directive(request, 'x-amz-metadata-directive')
  const tagging = directive(request, 'x-amz-tagging-directive')
  const asked = objectHead(request, context.store.bucket(request.bucket).config)
  const changes =
    named ||
    metadata === 'REPLACE' ||
    ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-checksum-algorithm'].some(
      (name) => header(name) !== undefined,
    )
  if (bucket === request.bucket && version.key === request.key && !changes)
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  const copiesTags = tagging === 'COPY' && Object.keys(version.tags).length > 0
  if (copiesTags)
    readVersion(context, {
      bucket,
      key: version.key,
      caller: request.caller,
      versionId: named ? version.versionId : undefined,
      action: 's3:GetObjectTagging',
    })
  return {
    ...asked,
    headers: metadata === 'COPY' ? version.headers : asked.headers,
    tags: tagging === 'COPY' ? version.tags : asked.tags,
  }
}

function directive({ header }: S3Request, name: string): 'COPY' | 'REPLACE' {
  const value = header(name) ?? 'COPY'
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument(`Unknown ${name.replace('x-amz-', '')}.`)
  return value
}
