/** Where the index table has an asset: its own row, its progress beside it, and the partitions that list all. */

import { sha256Hex } from '../platform/crypto/digest.ts'
import type { AssetId, ContentId } from '../timeline/ids.ts'
import { contentKey } from './published/index.ts'

/**
 * How many partition keys list assets, so that none of them is hot: DynamoDB gives each 1,000 writes of a KB a second,
 * and makes those to the table wait that one of an index has no room for.
 */
const listings = 8

/** What rows of assets had for a kind before they were spread. */
const formerKind = 'asset'

/** Values of `kind`, in the order in which a list takes rows of one time from them. */
export const assetKinds: readonly string[] = [
  ...Array.from({ length: listings }, (_, i) => `${formerKind}#${i}`),
  formerKind,
]

/** The one an asset is listed under. */
export const assetKind = (assetId: AssetId): string =>
  `${formerKind}#${Number.parseInt(sha256Hex(assetId).slice(0, 8), 16) % listings}`

/** An asset as a content that plays. */
export const contentOf = (assetId: AssetId): ContentId => `vod/${assetId}`

/** The asset a content is. */
export const assetOfContent = (contentId: ContentId): AssetId => contentId.slice('vod/'.length)

/** Name of the index that lists rows of a kind by their latest change. */
export const byKind = 'byKind'

/** Key of an asset's row. */
export const assetKey = (assetId: AssetId) => contentKey(contentOf(assetId))

/** Key of what is left of an asset that was deleted, for as long as somebody may still tell of its uploads. */
export const deletedKey = (assetId: AssetId) => ({ pk: contentOf(assetId), sk: 'deleted' })

/** Sort key of the row that says how far indexing is. */
export const progressSort = 'progress'

/**
 * Key of the row that says how far indexing is. It is no asset's kind: each step would write the asset to the list
 * anew, and move it.
 */
export const progressKey = (assetId: AssetId) => ({ pk: contentOf(assetId), sk: progressSort })
