/** Stores large objects from streams. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'

/** S3 requires parts of at least 5 MiB, and at most 10,000 of them. */
const partBytes = 8 * 2 ** 20

/** Where it goes, and how it is tagged. */
export type StreamedObject = Pick<CreateMultipartUploadCommandInput, 'Bucket' | 'Key' | 'Tagging'> & {
  /** Nothing is replaced: throws PreconditionFailed where there is an object by then. */
  readonly isNew?: true
}

/**
 * Stores a large object by multipart upload; aborted on error. While a part is on its way the next one is collected.
 * Gives the object's length.
 */
export async function storeStream(
  s3: S3Client,
  { isNew, Tagging, ...object }: StreamedObject,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...object,
      ContentType: 'application/octet-stream',
      ...(Tagging !== undefined && { Tagging }),
    }),
  )
  const upload = { ...object, UploadId }
  const parts: Promise<{ PartNumber: number; ETag: string | undefined }>[] = []
  const send = async (pieces: readonly Uint8Array[]) => {
    await parts.at(-1)
    const PartNumber = parts.length + 1
    const Body = Buffer.concat(pieces)
    const sent = s3
      .send(new UploadPartCommand({ ...upload, PartNumber, Body }))
      .then(({ ETag }) => ({ PartNumber, ETag }))
    sent.catch(() => undefined)
    parts.push(sent)
  }
  try {
    let pieces: Uint8Array[] = []
    let bytes = 0
    let total = 0
    for await (const chunk of chunks) {
      pieces.push(chunk)
      bytes += chunk.length
      total += chunk.length
      if (bytes < partBytes) continue
      await send(pieces)
      pieces = []
      bytes = 0
    }
    if (bytes > 0 || parts.length === 0) await send(pieces)
    const Parts = await Promise.all(parts)
    const condition = isNew && { IfNoneMatch: '*' }
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...condition }))
    return total
  } catch (error) {
    await Promise.allSettled(parts)
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}
