/** The published version in the index's row of a content, and the row's key: pure, and small for the edge. */
import type { ContentId } from '../../timeline/ids.ts'

/** The published version of a content. */
export interface Published {
  readonly version: string
  /** The name of its protection state; absent if it is delivered in the clear. */
  readonly protection?: string
}

/** The sort key of the row of an asset or any other content: manifests look it up by the content id alone. */
export const contentSort = 'asset'

/** The key of a content's row. */
export const contentKey = (contentId: ContentId) => ({ pk: contentId, sk: contentSort })

/** The key in DynamoDB's JSON. */
export interface WireKey {
  readonly pk: { readonly S: string }
  readonly sk: { readonly S: string }
}

/** The DynamoDB JSON request for what {@link decodePublished} reads. One expression, to save bytes at the edge. */
export const publishedRead = (contentId: ContentId) => ({
  Key: { pk: { S: contentId }, sk: { S: 'asset' } },
  ProjectionExpression: 'pk, #v, #p',
  ExpressionAttributeNames: { '#v': 'version', '#p': 'protection' },
})

/** The request for several keys at once. */
export function publishedReads(keys: readonly WireKey[]) {
  const { Key: _one, ...asked } = publishedRead('')
  return { Keys: keys, ...asked }
}

/** A row in DynamoDB's JSON. */
export interface PublishedWire {
  readonly pk?: { readonly S: string }
  readonly version?: { readonly S: string }
  readonly protection?: { readonly S: string }
}

/** The published version in a row; undefined if there is no row, or nothing is published yet. */
export const decodePublished = (row: PublishedWire | undefined): Published | undefined =>
  row?.version && {
    version: row.version.S,
    ...(row.protection && { protection: row.protection.S }),
  }
