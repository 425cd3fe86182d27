/** What the index says of whatever plays, and where its row is: pure, and as small as the edge wants it. */
import type { ContentId } from '../../timeline/ids.ts'

/** What is published of a content. */
export interface Published {
  readonly version: string
  /** Names the state of its protection; absent where it is shown in the clear. */
  readonly protection?: string
}

/** Sort key of the row of an asset, and of whatever else plays: manifests ask by the content's id alone. */
export const contentSort = 'asset'

/** Key of a content's row. */
export const contentKey = (contentId: ContentId) => ({ pk: contentId, sk: contentSort })

/** The same in DynamoDB's JSON. */
export interface WireKey {
  readonly pk: { readonly S: string }
  readonly sk: { readonly S: string }
}

/** Asks DynamoDB's JSON for what {@link decodePublished} reads. One expression, since all of it is bytes at the edge. */
export const publishedRead = (contentId: ContentId) => ({
  Key: { pk: { S: contentId }, sk: { S: 'asset' } },
  ProjectionExpression: 'pk, #v, #p',
  ExpressionAttributeNames: { '#v': 'version', '#p': 'protection' },
})

/** The same for some keys at once. */
export function publishedReads(keys: readonly WireKey[]) {
  const { Key: _one, ...asked } = publishedRead('')
  return { Keys: keys, ...asked }
}

/** A row as DynamoDB's JSON has it. */
export interface PublishedWire {
  readonly pk?: { readonly S: string }
  readonly version?: { readonly S: string }
  readonly protection?: { readonly S: string }
}

/** What a row says is published; undefined where there is no row, or nothing was published yet. */
export const decodePublished = (row: PublishedWire | undefined): Published | undefined =>
  row?.version && {
    version: row.version.S,
    ...(row.protection && { protection: row.protection.S }),
  }
