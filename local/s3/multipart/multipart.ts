/** Uploads in parts: create, upload and copy a part, complete, abort. */
import { askKey, askOnObject, type S3Context } from '../access.ts'
import { type Answer, emptyAnswer, xmlAnswer } from '../answer.ts'
import { receive } from '../bytes/body.ts'
import { checksumHeader, multipartType, parseAlgorithm, promisedChecksum } from '../bytes/checksum.ts'
import { invalidArgument, invalidRequest } from '../faults.ts'
import type { Upload } from '../model.ts'
import { checksumElement, copyBytes, copySource, sourceHeaders } from '../objects/copy-object.ts'
import { encryptionHeaders, objectHead, xmlTime } from '../objects/object-head.ts'
import { askWrite } from '../objects/put-object.ts'
import { parseCopyRange } from '../objects/range.ts'
import type { S3Request } from '../request.ts'

export async function createMultipartUpload(context: S3Context, request: S3Request): Promise<Answer> {
  const { bucket, key, header } = request
  const head = objectHead(request, context.store.bucket(bucket).config)
  askWrite(context, request, head)
  const named = header('x-amz-checksum-algorithm')
  const type = header('x-amz-checksum-type')
  if (named === undefined && type !== undefined)
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    )
  const checksumAlgorithm = named === undefined ? undefined : parseAlgorithm(named)
  const checksumType = checksumAlgorithm && multipartType(checksumAlgorithm, type)
  const upload = await context.store.startUpload({ ...head, bucket, key, checksumAlgorithm, checksumType })
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', upload.uploadId],
    ],
    {
      ...encryptionHeaders(head.encryption),
      ...(checksumAlgorithm && checksumType
        ? { 'x-amz-checksum-algorithm': checksumAlgorithm, 'x-amz-checksum-type': checksumType }
        : {}),
    },
  )
}

export async function uploadPart(context: S3Context, request: S3Request): Promise<Answer> {
  const { upload, number } = openPart(context, request)
  const promised = promisedChecksum(request.ownHeader)?.algorithm
  const { checksumAlgorithm } = upload
  if (promised && checksumAlgorithm && promised !== checksumAlgorithm)
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksumAlgorithm.toLowerCase()}, actual checksum Type: ${promised.toLowerCase()}`,
    )
  const received = await receive(context.store.blobs, request, checksumAlgorithm ?? 'CRC64NVME')
  const part = await context.store.addPart(upload, number, received)
  const { algorithm, value } = received.promised ?? part.checksum
  return emptyAnswer(200, {
    etag: `"${part.etag}"`,
    [checksumHeader(algorithm)]: value,
    ...encryptionHeaders(upload.encryption),
  })
}

export async function uploadPartCopy(context: S3Context, request: S3Request): Promise<Answer> {
  const { upload, number } = openPart(context, request)
  const source = copySource(context, request)
  const range = parseCopyRange(request.header('x-amz-copy-source-range'), source.version.sizeBytes)
  const received = await copyBytes(context, source.version, { range, algorithm: upload.checksumAlgorithm })
  const part = await context.store.addPart(upload, number, received)
  return xmlAnswer(
    'CopyPartResult',
    [
      ['LastModified', xmlTime(part.modifiedMs)],
      ['ETag', `"${part.etag}"`],
      [checksumElement(part.checksum.algorithm), part.checksum.value],
    ],
    { ...encryptionHeaders(upload.encryption), ...sourceHeaders(context, source) },
  )
}

export async function abortMultipartUpload(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  store.bucket(request.bucket)
  askOnObject(context, request, 's3:AbortMultipartUpload')
  const { upload } = store.upload(request.bucket, request.key, uploadIdOf(request))
  await store.abortUpload(upload.uploadId)
  return emptyAnswer(204)
}

export const uploadIdOf = ({ query }: S3Request) => query.get('uploadId') ?? ''

function openPart(context: S3Context, request: S3Request): { upload: Upload; number: number } {
  context.store.bucket(request.bucket)
  askOnObject(context, request, 's3:PutObject')
  const text = request.query.get('partNumber') ?? ''
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive')
  const { upload } = context.store.upload(request.bucket, request.key, uploadIdOf(request))
  askKey(context, request.caller, 'kms:GenerateDataKey', upload.encryption)
  // S3 reads the parts back when it joins them, so it wants this permission as well.
  askKey(context, request.caller, 'kms:Decrypt', upload.encryption)
  return { upload, number }
}
