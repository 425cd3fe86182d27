/** Keys of an asset in the index table: its own row, its progress row, and the partitions that list all. */

import { sha256Hex } from '../platform/crypto/digest.ts'
import type { AssetId, ContentId } from '../timeline/ids.ts'
import { contentKey } from './published/index.ts'

/**
 * The number of partition keys that list assets, so that none gets hot: DynamoDB allows each 1,000 writes of a KB a
 * second, and throttles writes to the table that an index can't take.
 */
const listings = 8

/** The `kind` of assets' rows before they were spread. */
const formerKind = 'asset'

/** Values of `kind`, in the order in which a list takes rows with equal times. */
export const assetKinds: readonly string[] = [
  ...Array.from({ length: listings }, (_, i) => `${formerKind}#${i}`),
  formerKind,
]

/** The kind that lists an asset. */
export const assetKind = (assetId: AssetId): string =>
  `${formerKind}#${Number.parseInt(sha256Hex(assetId).slice(0, 8), 16) % listings}`

/** The content id of an asset. */
export const contentOf = (assetId: AssetId): ContentId => `vod/${assetId}`

/** The asset id of a content. */
export const assetOfContent = (contentId: ContentId): AssetId => contentId.slice('vod/'.length)

/** The name of the index that lists rows of a kind by their latest change. */
export const byKind = 'byKind'

/** The key of an asset's row. */
export const assetKey = (assetId: AssetId) => contentKey(contentOf(assetId))

/** The key of a deleted asset's tombstone, kept as long as messages about its uploads may still come. */
export const deletedKey = (assetId: AssetId) => ({ pk: contentOf(assetId), sk: 'deleted' })

/** The sort key of the row with the progress of indexing. */
export const progressSort = 'progress'

/**
 * The key of the row with the progress of indexing. It has no asset's `kind`: each step would rewrite the asset's list
 * entry, and move it.
 */
export const progressKey = (assetId: AssetId) => ({ pk: contentOf(assetId), sk: progressSort })
