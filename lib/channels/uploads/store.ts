/** Objects of feeds in the upload bucket: whoever sends them does it directly to S3, by presigned URLs. */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { s3Client } from '../../platform/aws/clients.ts'
import type { FeedUploads } from './routes.ts'

/** Signs uploads into one bucket. */
export function feedUploads(bucket: string): FeedUploads {
  const s3 = s3Client()
  return {
    putUrl: (key, expiresSeconds) =>
      getSignedUrl(s3, new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresSeconds }),
  }
}
