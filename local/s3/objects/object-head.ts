/** The headers that describe an object: from a put to the store, and from the store to an answer. */
import { checksumHeaders } from '../bytes/checksum.ts'
import { invalidArgument, S3Fault } from '../faults.ts'
import type { BucketConfig, Encryption, ObjectHead, ObjectVersion } from '../model.ts'
import type { S3Request } from '../request.ts'

const kept = [
  'content-type',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
  'x-amz-website-redirect-location',
]
const maxMetadataBytes = 2048

/** What a put, copy or upload says of its object; the bucket decides encryption where the request does not. */
export function objectHead(request: S3Request, config: BucketConfig): ObjectHead {
  const { header } = request
  if (Buffer.byteLength(request.key) > 1024)
    throw new S3Fault(400, 'KeyTooLongError', 'Your key is too long', {
      detail: { Size: String(Buffer.byteLength(request.key)), MaxSizeAllowed: '1024' },
    })
  const storageClass = header('x-amz-storage-class')
  if (storageClass !== undefined && !storageClasses.has(storageClass))
    throw new S3Fault(400, 'InvalidStorageClass', 'The storage class you specified is not valid', {
      detail: { StorageClassRequested: storageClass },
    })
  return {
    headers: headersOf(request),
    tags: parseTagging(header('x-amz-tagging')),
    encryption: encryptionOf(request, config.encryption),
    ...(storageClass === undefined || storageClass === 'STANDARD' ? {} : { storageClass }),
  }
}

const archives: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE'])
const storageClasses: ReadonlySet<string> = new Set([
  ...archives,
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
])

/** Whether an object is in an archive, from which nothing is read before it was restored. */
export const isArchived = ({ storageClass = 'STANDARD' }: Pick<ObjectHead, 'storageClass'>): boolean =>
  archives.has(storageClass)

function headersOf({ header, headers }: S3Request): Record<string, string> {
  const result: Record<string, string> = {}
  for (const name of kept) {
    const value = header(name)
    if (value !== undefined) result[name] = value
  }
  result['content-type'] ??= 'binary/octet-stream'
  const codings = (header('content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked')
  if (codings.length > 0) result['content-encoding'] = codings.join(',')
  let metadataBytes = 0
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith('x-amz-meta-')) {
      result[name] = value
      metadataBytes += name.length - 'x-amz-meta-'.length + Buffer.byteLength(value)
    }
  if (metadataBytes > maxMetadataBytes)
    throw new S3Fault(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        detail: { Size: String(metadataBytes), MaxSizeAllowed: String(maxMetadataBytes) },
      },
    )
  return result
}

function encryptionOf({ header }: S3Request, byBucket: Encryption): Encryption {
  const algorithm = header('x-amz-server-side-encryption')
  const keyArn = header('x-amz-server-side-encryption-aws-kms-key-id')
  if (header('x-amz-server-side-encryption-customer-algorithm') !== undefined)
    throw new S3Fault(501, 'NotImplemented', 'SSE-C is not implemented by the local cloud')
  if (algorithm === undefined) return byBucket
  if (algorithm === 'AES256') return { algorithm }
  if (algorithm !== 'aws:kms') throw invalidArgument('The encryption method specified is not supported')
  const bucketKey = header('x-amz-server-side-encryption-bucket-key-enabled')
  return {
    algorithm,
    // Without a key of its own the request takes the bucket's.
    ...(keyArn === undefined ? { keyArn: byBucket.keyArn } : { keyArn }),
    bucketKey: bucketKey === undefined ? byBucket.bucketKey : bucketKey === 'true',
  }
}

/** `a=b&c=d` of the x-amz-tagging header. */
function parseTagging(text: string | undefined): Record<string, string> {
  const pairs = [...new URLSearchParams(text ?? '')]
  return checkedTags(pairs)
}

/** Tags within S3's limits. */
export function checkedTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const tags = Object.fromEntries(pairs)
  if (pairs.length > 10) throw new S3Fault(400, 'BadRequest', 'Object tags cannot be greater than 10')
  if (Object.keys(tags).length !== pairs.length)
    throw new S3Fault(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key')
  for (const [key, value] of pairs)
    if (key === '' || key.length > 128)
      throw new S3Fault(400, 'InvalidTag', 'The TagKey you have provided is invalid')
    else if (value.length > 256)
      throw new S3Fault(400, 'InvalidTag', 'The TagValue you have provided is invalid')
  return tags
}

/** `x-amz-server-side-encryption*`, as S3 puts them on every answer about an object. */
export const encryptionHeaders = ({ algorithm, keyArn, bucketKey }: Encryption): Record<string, string> => ({
  'x-amz-server-side-encryption': algorithm,
  ...(algorithm === 'aws:kms' && keyArn !== undefined
    ? { 'x-amz-server-side-encryption-aws-kms-key-id': keyArn }
    : {}),
  ...(algorithm === 'aws:kms' && bucketKey
    ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' }
    : {}),
})

/** The version id header, on buckets that ever kept versions. */
export const versionHeaders = (config: BucketConfig, versionId: string): Record<string, string> =>
  config.versioning ? { 'x-amz-version-id': versionId } : {}

/** The headers of an answer to a write: what was stored, under which id. */
export const writtenHeaders = (config: BucketConfig, version: ObjectVersion): Record<string, string> => ({
  etag: `"${version.etag}"`,
  ...checksumHeaders(version.checksum),
  ...encryptionHeaders(version.encryption),
  ...versionHeaders(config, version.versionId),
})

/** S3's times have whole seconds. */
export const headerTime = (ms: number) => new Date(ms).toUTCString()
export const xmlTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}.000Z`
