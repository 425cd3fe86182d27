/** GetObject and HeadObject: versions, conditions, ranges, parts and the response-* overrides. */
import { askKey, readVersion, type S3Context } from '../access.ts'
import { type Answer, emptyAnswer } from '../answer.ts'
import { checksumHeaders } from '../bytes/checksum.ts'
import { invalidRequest, S3Fault } from '../faults.ts'
import type { ObjectVersion } from '../model.ts'
import type { S3Request } from '../request.ts'
import { extentsOf } from '../storing/object-store.ts'
import { readCondition } from './conditions.ts'
import { encryptionHeaders, headerTime, isArchived, versionHeaders } from './object-head.ts'
import { type ByteRange, parseRange } from './range.ts'

const overrides = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]

/** What of a request a read looks at; the in-process door builds one by hand. */
export type ReadRequest = Pick<S3Request, 'bucket' | 'key' | 'method' | 'query' | 'caller' | 'header'>

export function getObject(context: S3Context, request: ReadRequest): Answer {
  const { bucket, key, query, caller, header } = request
  const version = readVersion(context, {
    bucket,
    key,
    caller,
    versionId: query.get('versionId') ?? undefined,
  })
  askKey(context, caller, 'kms:Decrypt', version.encryption)
  if (request.method !== 'HEAD' && isArchived(version))
    throw new S3Fault(
      403,
      'InvalidObjectState',
      "The operation is not valid for the object's storage class",
      { detail: { StorageClass: version.storageClass ?? '' } },
    )
  const { config } = context.store.bucket(bucket)
  const common = {
    etag: `"${version.etag}"`,
    'last-modified': headerTime(version.modifiedMs),
    ...versionHeaders(config, version.versionId),
  }
  if (readCondition(header, version) === 'not-modified') {
    const cacheControl = version.headers['cache-control']
    return emptyAnswer(
      304,
      cacheControl === undefined ? common : { ...common, 'cache-control': cacheControl },
    )
  }
  const piece = pieceOf(request, version)
  const { offsetBytes, sizeBytes } = piece.range ?? { offsetBytes: 0, sizeBytes: version.sizeBytes }
  const tags = Object.keys(version.tags).length
  const headers = {
    ...version.headers,
    ...overridden(request),
    ...common,
    ...encryptionHeaders(version.encryption),
    ...(version.storageClass === undefined ? {} : { 'x-amz-storage-class': version.storageClass }),
    ...(tags === 0 ? {} : { 'x-amz-tagging-count': String(tags) }),
    ...piece.headers,
    'accept-ranges': 'bytes',
    'content-length': String(sizeBytes),
    ...(piece.range
      ? { 'content-range': `bytes ${offsetBytes}-${offsetBytes + sizeBytes - 1}/${version.sizeBytes}` }
      : {}),
  }
  const status = piece.range ? 206 : 200
  if (request.method === 'HEAD') return { status, headers }
  return { status, headers, body: context.store.blobs.read(extentsOf(version, offsetBytes, sizeBytes)) }
}

interface Piece {
  readonly range?: ByteRange | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The range or the part asked for. A checksum is of the whole or of one part, so a mere range carries none. */
function pieceOf({ header, query }: ReadRequest, version: ObjectVersion): Piece {
  const wantsChecksum = header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
  const partNumber = query.get('partNumber')
  if (partNumber === null) {
    const range = parseRange(header('range'), version.sizeBytes)
    return { range, headers: wantsChecksum && !range ? checksumHeaders(version.checksum) : {} }
  }
  if (header('range') !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  const index = /^\d{1,5}$/.test(partNumber) ? Number(partNumber) - 1 : -1
  const part = version.parts[index]
  if (!part) throw new S3Fault(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable')
  const before = version.parts.slice(0, index).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const multipart = version.uploadId !== undefined
  const checksum = multipart ? part.checksum : version.checksum
  return {
    // Nothing can be a range of an empty object.
    range: version.sizeBytes === 0 ? undefined : { offsetBytes: before, sizeBytes: part.sizeBytes },
    headers: {
      ...(multipart ? { 'x-amz-mp-parts-count': String(version.parts.length) } : {}),
      ...(wantsChecksum
        ? { ...checksumHeaders(checksum), 'x-amz-checksum-type': version.checksum.type }
        : {}),
    },
  }
}

function overridden({ query, caller }: ReadRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of overrides) {
    const value = query.get(`response-${name}`)
    if (value === null) continue
    if (caller.kind === 'anonymous')
      throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
    headers[name] = value
  }
  return headers
}
