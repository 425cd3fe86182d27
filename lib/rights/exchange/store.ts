/** All keys of a content, and keys that come from elsewhere, in the rights table. */
import { EncryptCommand } from '@aws-sdk/client-kms'
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { kmsClient } from '../../platform/clients.ts'
import type { KeyRecord } from '../keys/content-key.ts'
import { contentPartition, recordSchema } from '../keys/store.ts'

/** What moving keys takes beside the vault. */
export interface KeyArchive {
  /** Every key of a content, by label and period; throws KEYS_MANY (413) past `most`. */
  all(contentId: string, most: number): Promise<readonly KeyRecord[]>
  /** Wraps a key that was not made here, for its content and kid. */
  wrap(key: Uint8Array, owner: Pick<KeyRecord, 'contentId' | 'kid'>): Promise<Uint8Array>
}

/** The table and the key that wraps. */
export function keyArchive({
  table,
  client,
  wrappingKey,
}: {
  readonly table: string
  readonly client: DynamoDBDocumentClient
  readonly wrappingKey: string
}): KeyArchive {
  const kms = kmsClient()
  return {
    async all(contentId, most) {
      const found: KeyRecord[] = []
      let from: Record<string, unknown> | undefined
      do {
        const page: { Items?: Record<string, unknown>[]; LastEvaluatedKey?: Record<string, unknown> } =
          await client.send(
            new QueryCommand({
              TableName: table,
              ConsistentRead: true,
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :key)',
              ExpressionAttributeValues: { ':pk': contentPartition(contentId), ':key': 'key#' },
              ExclusiveStartKey: from,
            }),
          )
        found.push(...(page.Items ?? []).map((item) => recordSchema.parse(item)))
        if (found.length > most)
          throw new HeadendError('KEYS_MANY', `${contentId}: expected at most ${most} keys, got more`, {
            status: 413,
          })
        from = page.LastEvaluatedKey
      } while (from)
      return found
    },
    async wrap(key, { contentId, kid }) {
      const { CiphertextBlob } = await kms.send(
        new EncryptCommand({ KeyId: wrappingKey, Plaintext: key, EncryptionContext: { contentId, kid } }),
      )
      if (CiphertextBlob) return CiphertextBlob
      throw new HeadendError('KEY_WRAPPING', `KMS: expected kid ${kid} wrapped, got nothing`, { status: 502 })
    },
  }
}
