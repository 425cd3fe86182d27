/** All keys of a content item, and imported keys, in the rights table. */

import { HeadendError } from '../../errors.ts'
import { queryRows } from '../../platform/aws/query-rows.ts'
import type { Tables } from '../../platform/aws/signed-tables.ts'
import { kmsWrapping } from '../../platform/aws/wrapping.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { KeyRecord } from '../keys/content-key.ts'
import { contentPartition, keysMany, recordSchema } from '../keys/store.ts'

/** Operations of key export and import beyond the key store. */
export interface KeyArchive {
  /** Every key of a content item, by label and period; throws KEYS_MANY (413) beyond `most`. */
  all(contentId: ContentId, most: number): Promise<readonly KeyRecord[]>
  /** Wraps a key made elsewhere, bound to its content and kid. */
  wrap(key: Uint8Array, owner: Pick<KeyRecord, 'contentId' | 'kid'>): Promise<Uint8Array>
}

/** A key archive on the rights table and the KMS wrapping key. */
export function keyArchive({
  table,
  tables,
  wrappingKey,
}: {
  readonly table: string
  readonly tables: Pick<Tables, 'query'>
  readonly wrappingKey: string
}): KeyArchive {
  const wrapping = kmsWrapping(wrappingKey)
  return {
    async all(contentId, most) {
      const rows = await queryRows(
        tables,
        {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :key)',
          ExpressionAttributeValues: { ':pk': contentPartition(contentId), ':key': 'key#' },
        },
        most + 1,
      )
      if (rows.length > most) throw keysMany(contentId, most)
      return rows.map((row) => recordSchema.parse(row))
    },
    async wrap(key, { contentId, kid }) {
      const wrapped = await wrapping.wrap(key, { contentId, kid })
      if (wrapped) return wrapped
      throw new HeadendError('KEY_WRAPPING', `KMS: expected kid ${kid} wrapped, got nothing`, { status: 502 })
    },
  }
}
