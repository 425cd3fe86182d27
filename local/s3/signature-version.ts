/** Signatures of version 2, which S3 takes no more for buckets made since June 2020, nor in any region since 2014. */
import { invalidRequest } from './faults.ts'
import type { S3Request } from './request.ts'

/**
 * Refuses one in the Authorization header (`AWS key:signature`) or in a presigned URL, as boto3 still makes them for
 * us-east-1. Taken for no signature at all it would be a 403 that says nothing of the cause.
 */
export function refuseVersion2({ ownHeader, query }: Pick<S3Request, 'ownHeader' | 'query'>): void {
  if (
    ownHeader('authorization')?.startsWith('AWS ') ||
    (query.has('AWSAccessKeyId') && query.has('Signature'))
  )
    throw versionTooOld()
}

export const versionTooOld = () =>
  invalidRequest(
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  )
