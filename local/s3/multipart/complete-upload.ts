/** CompleteMultipartUpload: the parts named, checked and made one object without moving a byte. */
import { createHash } from 'node:crypto'
import { askKey, askOnObject, type S3Context } from '../access.ts'
import { type Answer, xmlAnswer } from '../answer.ts'
import { receiveText } from '../bytes/body.ts'
import { checkedValue, checksumHeader, joinChecksums } from '../bytes/checksum.ts'
import { badDigest, invalidRequest, malformedXml, noSuchUpload, S3Fault } from '../faults.ts'
import type { BucketConfig, ObjectVersion, StoredPart, Upload } from '../model.ts'
import { writeCondition } from '../objects/conditions.ts'
import { checksumElement } from '../objects/copy-object.ts'
import { encryptionHeaders, versionHeaders } from '../objects/object-head.ts'
import { objectUrl, type S3Request } from '../request.ts'
import type { UploadState } from '../storing/state.ts'
import { elements, integerOf, parseXml, textOf, type XmlElement } from '../xml.ts'
import { uploadIdOf } from './multipart.ts'

const minPartBytes = 5 * 1024 ** 2

export async function completeMultipartUpload(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  const { bucket, key, header } = request
  store.bucket(bucket)
  askOnObject(context, request, 's3:PutObject')
  if (header('if-match') !== undefined) askOnObject(context, request, 's3:GetObject')
  const uploadId = uploadIdOf(request)
  const condition = writeCondition(header, store.current(bucket, key))
  // Not `receiveText` with its promises: here a checksum header speaks of the object, not of this document.
  const document = parseXml(
    await receiveText({ ...request, ownHeader: withoutChecksums(request.ownHeader) }),
    'CompleteMultipartUpload',
  )
  const named = elements(document, 'Part').map(parsePart)
  const version = await store.whileUploadRests(uploadId, async () => {
    const state = store.findUpload(bucket, key, uploadId)
    if (!state) return alreadyCompleted(context, request)
    const { upload } = state
    askKey(context, request.caller, 'kms:GenerateDataKey', upload.encryption)
    askKey(context, request.caller, 'kms:Decrypt', upload.encryption)
    const parts = chosenParts(state, named)
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
    const wantedBytes = header('x-amz-mp-object-size')
    if (wantedBytes !== undefined && Number(wantedBytes) !== sizeBytes)
      throw invalidRequest('The provided x-amz-mp-object-size header value does not match what was computed.')
    const {
      checksumAlgorithm = 'CRC64NVME',
      checksumType = 'FULL_OBJECT',
      headers,
      tags,
      encryption,
    } = upload
    const checksum = joinChecksums(checksumAlgorithm, checksumType, parts)
    const wanted = request.ownHeader(checksumHeader(checksumAlgorithm))
    if (wanted !== undefined && wanted.replace(/-\d+$/, '') !== checksum.value.replace(/-\d+$/, ''))
      throw badDigest(checksumAlgorithm)
    return store.put(
      bucket,
      {
        key,
        headers,
        tags,
        encryption,
        storageClass: upload.storageClass,
        uploadId,
        parts,
        sizeBytes,
        checksum,
        etag: joinedEtag(parts),
      },
      { eventName: 'ObjectCreated:CompleteMultipartUpload', requestId: request.id, condition },
    )
  })
  return completed(request, version, store.bucket(bucket).config)
}

function completed(request: S3Request, version: ObjectVersion, config: BucketConfig): Answer {
  const { algorithm, type, value } = version.checksum
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    [
      ['Location', objectUrl(request, request.key)],
      ['Bucket', request.bucket],
      ['Key', request.key],
      ['ETag', `"${version.etag}"`],
      [checksumElement(algorithm), value],
      ['ChecksumType', type],
    ],
    { ...encryptionHeaders(version.encryption), ...versionHeaders(config, version.versionId) },
  )
}

/** A client that never saw the answer asks again: the upload is gone, the object it made is there. */
function alreadyCompleted({ store }: S3Context, request: S3Request): ObjectVersion {
  const uploadId = uploadIdOf(request)
  const made = store
    .bucket(request.bucket)
    .versions.get(request.key)
    ?.find((version) => version.kind === 'object' && version.uploadId === uploadId)
  if (made?.kind !== 'object') throw noSuchUpload(uploadId)
  return made
}

interface NamedPart {
  readonly number: number
  readonly etag: string
  readonly element: XmlElement
}

function parsePart(element: XmlElement): NamedPart {
  const number = integerOf(element, 'PartNumber')
  const etag = textOf(element, 'ETag')
  if (number === undefined || etag === undefined) throw malformedXml()
  return { number, etag: etag.trim().replace(/^"(.*)"$/, '$1'), element }
}

/** The stored parts the client names, if they are those it uploaded, in order, and large enough. */
function chosenParts({ upload, parts }: UploadState, named: readonly NamedPart[]): readonly StoredPart[] {
  if (named.length === 0 || named.length > 10_000) throw malformedXml()
  if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0)))
    throw new S3Fault(
      400,
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    )
  const chosen = named.map(({ number, etag, element }) => {
    const part = parts.get(number)
    if (part?.etag !== etag) throw invalidPart(upload, number)
    checkPartChecksum(upload, part, element)
    return part
  })
  const small = chosen.slice(0, -1).find(({ sizeBytes }) => sizeBytes < minPartBytes)
  if (small)
    throw new S3Fault(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      {
        detail: {
          ProposedSize: String(small.sizeBytes),
          MinSizeAllowed: String(minPartBytes),
          PartNumber: String(small.number),
          ETag: small.etag,
        },
      },
    )
  return chosen
}

/** Composite checksums are checked part by part, so S3 wants each of them named once more. */
function checkPartChecksum(
  { uploadId, checksumAlgorithm, checksumType }: Upload,
  part: StoredPart,
  element: XmlElement,
) {
  const { algorithm, value } = part.checksum
  const named = textOf(element, checksumElement(algorithm))?.trim()
  if (named === undefined) {
    if (checksumAlgorithm !== undefined && checksumType === 'COMPOSITE')
      throw invalidRequest(
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
      )
    return
  }
  if (checkedValue(algorithm, named) !== value) throw invalidPart({ uploadId }, part.number)
}

const invalidPart = ({ uploadId }: Pick<Upload, 'uploadId'>, number: number) =>
  new S3Fault(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { detail: { UploadId: uploadId, PartNumber: String(number) } },
  )

function joinedEtag(parts: readonly StoredPart[]) {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'))
  return `${md5.digest('hex')}-${parts.length}`
}

const withoutChecksums = (header: (name: string) => string | undefined) => (name: string) =>
  name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm' ? undefined : header(name)
