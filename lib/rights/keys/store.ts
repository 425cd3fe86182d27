/** Content keys in the rights table, wrapped by KMS: each stored under its content, with a pointer from its kid. */

import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { committed } from '../../platform/aws/conditional-write.ts'
import { queryRows } from '../../platform/aws/query-rows.ts'
import type { Tables } from '../../platform/aws/signed-tables.ts'
import { kmsWrapping } from '../../platform/aws/wrapping.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { ContentKeyStore, KeyName, KeyRecord, KeyRequest } from './content-key.ts'

/** The key store, with reads beyond those of key creation. */
export interface KeyStore extends ContentKeyStore {
  /** Keys of a label in periods `from` to `to` (inclusive), in order. */
  range(
    name: { readonly contentId: ContentId; readonly label: string },
    from: number,
    to: number,
  ): Promise<KeyRecord[]>
  /** At most `limit` keys of a label before a place, latest first. */
  latest(
    name: { readonly contentId: ContentId; readonly label: string },
    before: string,
    limit: number,
  ): Promise<readonly PlacedKey[]>
  /** Decrypts a record's key; KMS refuses one wrapped for another content or kid. */
  unwrap(record: KeyRecord): Promise<Uint8Array>
}

/** A key and its place within its label: places sort by period, our own key before requesters' keys. */
export interface PlacedKey extends KeyRecord {
  readonly place: string
}

/** Partition key of all rows of a content item. */
export const contentPartition = (contentId: ContentId): string => `content#${contentId}`

/** Primary key of the row that points from a kid to its key. */
export const kidEntry = (contentId: ContentId, kid: string) => ({
  pk: contentPartition(contentId),
  sk: `kid#${kid}`,
})

/** The row that points from a kid to its key. */
export const kidEntrySchema = z.object({ label: z.string(), period: z.number(), keySk: z.string() })

/** A stored key row. */
export const recordSchema = z.object({
  contentId: z.string(),
  period: z.number(),
  label: z.string(),
  kid: z.string(),
  iv: z.string(),
  checksum: z.string(),
  wrapped: z.instanceof(Uint8Array),
})

/** Place of a label's first key in a period. Ten digits sort like the numbers. */
export const keyPlace = ({ label, period }: Omit<KeyName, 'contentId'>): string =>
  `key#${label}#${String(period).padStart(10, '0')}`

/** Keys of one label read at once: days of the fastest rotation. */
const maxRangeKeys = 20_000

/** A key store on the rights table and the KMS wrapping key; a function that never decrypts keys needs no KMS grant. */
export function keyStore({
  table,
  tables,
  wrappingKey,
}: {
  readonly table: string
  readonly tables: Tables
  /** ID or ARN of the KMS key. */
  readonly wrappingKey: string
}): KeyStore {
  const wrapping = kmsWrapping(wrappingKey)
  const read = async (contentId: ContentId, sk: string): Promise<unknown> => {
    const Key = { pk: contentPartition(contentId), sk }
    return tables.get({ TableName: table, Key, ConsistentRead: true })
  }
  const record = async (contentId: ContentId, sk: string): Promise<KeyRecord | undefined> => {
    const item = await read(contentId, sk)
    return item === undefined ? undefined : recordSchema.parse(item)
  }
  return {
    async find({ contentId, period, label, kid }: KeyRequest) {
      if (kid === undefined) return record(contentId, keyPlace({ label, period }))
      const entry = await read(contentId, kidEntry(contentId, kid).sk)
      return entry === undefined ? undefined : record(contentId, kidEntrySchema.parse(entry).keySk)
    },
    async put(made, asked) {
      const { contentId, period, label, kid } = made
      // A requester's own key is stored beside ours: two requesters with different kids each keep their own.
      const sk = asked ? `${keyPlace(made)}#${kid}` : keyPlace(made)
      const unlessThere = { TableName: table, ConditionExpression: 'attribute_not_exists(pk)' }
      const pointer = { ...kidEntry(contentId, kid), label, period, keySk: sk }
      return committed(
        tables.transactWrite({
          TransactItems: [
            { Put: { ...unlessThere, Item: { pk: contentPartition(contentId), sk, ...made } } },
            { Put: { ...unlessThere, Item: pointer } },
          ],
        }),
      )
    },
    async dataKey(contentId, kid) {
      const { plain, wrapped } = await wrapping.generate({ contentId, kid })
      if (!plain || !wrapped) throw unanswered(kid)
      return { plain, wrapped }
    },
    async range({ contentId, label }, from, to) {
      const rows = await queryRows(
        tables,
        {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': contentPartition(contentId),
            ':from': keyPlace({ label, period: from }),
            // Sorts after every requester's key of the last period.
            ':to': `${keyPlace({ label, period: to })}$`,
          },
        },
        maxRangeKeys + 1,
      )
      if (rows.length > maxRangeKeys) throw keysMany(contentId, maxRangeKeys)
      return rows.map((row) => recordSchema.parse(row))
    },
    async latest({ contentId, label }, before, limit) {
      const pk = contentPartition(contentId)
      const rows = await queryRows(
        tables,
        {
          TableName: table,
          ConsistentRead: true,
          ScanIndexForward: false,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :label)',
          ExpressionAttributeValues: { ':pk': pk, ':label': `key#${label}#` },
          ExclusiveStartKey: { pk, sk: before },
        },
        limit,
      )
      return rows.map((row) => ({ ...recordSchema.parse(row), place: String(row['sk']) }))
    },
    async unwrap({ contentId, kid, wrapped }) {
      const plain = await wrapping.unwrap(wrapped, { contentId, kid })
      if (!plain) throw unanswered(kid)
      return plain
    },
  }
}

/** More keys than can be read at once (413). */
export const keysMany = (contentId: ContentId, most: number): HeadendError =>
  new HeadendError('KEYS_MANY', `${contentId}: expected at most ${most} keys, got more`, { status: 413 })

const unanswered = (kid: string): HeadendError =>
  new HeadendError('KEY_WRAPPING', `KMS: expected a key for kid ${kid}, got none`, { status: 502 })
