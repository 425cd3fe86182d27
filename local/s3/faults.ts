/** How S3 says no: the codes, statuses and headers its clients branch on. */
import type { FaultWords } from '../faults/index.ts'
import { AwsFault } from '../service.ts'

/** A fault with the response headers that belong to it (`content-range` of a 416, `x-amz-delete-marker`). */
export class S3Fault extends AwsFault {
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    { headers = {}, detail = {} }: { headers?: Record<string, string>; detail?: Record<string, string> } = {},
  ) {
    super(code, message, status, detail)
    this.headers = headers
  }
}

/** What a busy or broken S3 says; the SDK tries again after both. */
export const faultWords: FaultWords = {
  throttle: () => new S3Fault(503, 'SlowDown', 'Please reduce your request rate.'),
  internal: () => new S3Fault(500, 'InternalError', 'We encountered an internal error. Please try again.'),
}

export const invalidArgument = (message: string) => new S3Fault(400, 'InvalidArgument', message)
export const invalidRequest = (message: string) => new S3Fault(400, 'InvalidRequest', message)
export const malformedXml = () =>
  new S3Fault(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
export const notImplemented = (what: string) =>
  new S3Fault(501, 'NotImplemented', `${what} is not implemented by the local cloud`)

export const noSuchBucket = (bucket: string) =>
  new S3Fault(404, 'NoSuchBucket', 'The specified bucket does not exist', { detail: { BucketName: bucket } })
export const noSuchKey = (key: string, headers: Record<string, string> = {}) =>
  new S3Fault(404, 'NoSuchKey', 'The specified key does not exist.', { headers, detail: { Key: key } })
export const noSuchVersion = (key: string, versionId: string) =>
  new S3Fault(404, 'NoSuchVersion', 'The specified version does not exist.', {
    detail: { Key: key, VersionId: versionId },
  })
export const noSuchUpload = (uploadId: string) =>
  new S3Fault(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { detail: { UploadId: uploadId } },
  )

export const preconditionFailed = (condition: string) =>
  new S3Fault(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    detail: { Condition: condition },
  })
export const conditionalConflict = (condition: string) =>
  new S3Fault(
    409,
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    { detail: { Condition: condition } },
  )
export const badDigest = (what: string) =>
  new S3Fault(400, 'BadDigest', `The ${what} you specified did not match the calculated checksum.`)
export const incompleteBody = () =>
  new S3Fault(400, 'IncompleteBody', 'The request body terminated unexpectedly')
