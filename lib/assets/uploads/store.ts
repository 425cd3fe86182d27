/** Multipart uploads in the upload bucket. The browser sends the bytes directly to S3, by presigned URLs. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchUpload,
  NotFound,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { s3Client } from '../../platform/aws/clients.ts'

/** A part stored in S3. */
export interface StoredPart {
  readonly number: number
  readonly bytes: number
  readonly etag: string
}

/** An upload as S3 knows it. */
export interface OpenUpload {
  readonly key: string
  readonly s3UploadId: string
}

/** The bucket as the upload routes use it. */
export interface UploadStore {
  /** `mark` is stored with the object, so that a repeated completion can tell that the first one succeeded. */
  begin(
    key: string,
    about: { readonly mark: string; readonly contentType?: string | undefined },
  ): Promise<string>
  partUrl(upload: OpenUpload, number: number, expiresSeconds: number): Promise<string>
  /** The parts received, in order; undefined if the upload does not exist (any more). */
  parts(upload: OpenUpload): Promise<readonly StoredPart[] | undefined>
  /** The version id of the new object; undefined if the bucket is not versioned. */
  complete(upload: OpenUpload, parts: readonly StoredPart[]): Promise<string | undefined>
  abort(upload: OpenUpload): Promise<void>
  /** The latest object under a key. */
  object(
    key: string,
  ): Promise<{ readonly mark: string | undefined; readonly versionId: string | undefined } | undefined>
}

const markName = 'headend-upload'

/** Uploads into one bucket. */
export function uploadStore(bucket: string): UploadStore {
  // A client that adds checksums would sign that of an empty body into each part's URL, and S3 would refuse the part.
  const s3 = s3Client()
  const named = ({ key, s3UploadId }: OpenUpload) => ({ Bucket: bucket, Key: key, UploadId: s3UploadId })

  return {
    async begin(key, { mark, contentType }) {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          Metadata: { [markName]: mark },
          ...(contentType && { ContentType: contentType }),
        }),
      )
      if (UploadId === undefined) throw new Error(`CreateMultipartUpload of ${key} gave no upload id`)
      return UploadId
    },
    partUrl: (upload, number, expiresSeconds) =>
      getSignedUrl(s3, new UploadPartCommand({ ...named(upload), PartNumber: number }), {
        expiresIn: expiresSeconds,
      }),
    async parts(upload) {
      const parts: StoredPart[] = []
      let marker: string | undefined
      try {
        do {
          const page = await s3.send(new ListPartsCommand({ ...named(upload), PartNumberMarker: marker }))
          for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? [])
            parts.push({ number: PartNumber, bytes: Size, etag: ETag })
          marker = page.IsTruncated ? page.NextPartNumberMarker : undefined
        } while (marker !== undefined)
      } catch (error) {
        if (error instanceof NoSuchUpload || isNamed(error, 'NoSuchUpload')) return undefined
        throw error
      }
      return parts
    },
    async complete(upload, parts) {
      const { VersionId } = await s3.send(
        new CompleteMultipartUploadCommand({
          ...named(upload),
          MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
        }),
      )
      return VersionId
    },
    async abort(upload) {
      try {
        await s3.send(new AbortMultipartUploadCommand(named(upload)))
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload')) throw error
      }
    },
    async object(key) {
      try {
        const { Metadata, VersionId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        return { mark: Metadata?.[markName], versionId: VersionId }
      } catch (error) {
        if (error instanceof NotFound) return undefined
        throw error
      }
    },
  }
}

// ListParts does not declare NoSuchUpload in the SDK's model, so the name is compared.
const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name
