/** The objects of assets in the buckets: uploads, and versions of timelines. */
import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { HeadendError } from '../../errors.ts'
import type { AssetObjects, DatedObject } from './delete-asset.ts'

/** The buckets of uploads and timelines. */
export interface AssetBuckets {
  readonly s3: S3Client
  readonly uploadBucket: string
  readonly mediaBucket: string
}

/** The limit of DeleteObjects. */
const maxKeys = 1000

/** The objects of assets; in a versioned bucket a removed object is hidden until its lifecycle rule deletes it. */
export function assetObjects({ s3, uploadBucket, mediaBucket }: AssetBuckets): AssetObjects {
  const list = async (Bucket: string, Prefix: string): Promise<DatedObject[]> => {
    const found: DatedObject[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
      for (const { Key, Size = 0, LastModified } of Contents)
        if (Key !== undefined)
          found.push({ key: Key, bytes: Size, storedAt: LastModified?.toISOString() ?? '' })
    return found
  }
  const remove = async (Bucket: string, keys: readonly string[]): Promise<void> => {
    for (let from = 0; from < keys.length; from += maxKeys) {
      const Objects = keys.slice(from, from + maxKeys).map((Key) => ({ Key }))
      const { Errors = [] } = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      )
      const [first] = Errors
      if (first)
        throw new HeadendError(
          'SERVICE_BUSY',
          `${first.Key}: expected it to be removed, got ${first.Code}; ${Errors.length} of ${Objects.length} are left`,
          { status: 503 },
        )
    }
  }
  return {
    timelines: (assetId) => list(mediaBucket, `timelines/vod/${assetId}/`),
    uploads: (prefix) => list(uploadBucket, prefix),
    removeTimelines: (keys) => remove(mediaBucket, keys),
    removeUploads: (keys) => remove(uploadBucket, keys),
  }
}
