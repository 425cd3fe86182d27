/** Films that play, in the index table, and what says how they are protected, in the media bucket. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { type DynamoDBDocumentClient, GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { markEntry } from '../../platform/aws/edge-entries.ts'
import type { KeyValues } from '../../platform/aws/key-values.ts'
import { closed } from '../publication/marks.ts'
import type { EdgeMarks, PublicationStore } from '../publication/publish.ts'
import type { MarksPorts } from '../publication/rebuild.ts'

const keyOf = (contentId: string) => ({ pk: contentId, sk: 'asset' })

/** The marks in the store that the viewer-request function reads. */
export function edgeMarks(values: Pick<KeyValues, 'edit'>): EdgeMarks {
  const change = async (contentId: string, next: (before: string | undefined) => string | undefined) => {
    const name = markEntry(contentId)
    const changed = await values.edit([name], (found) => new Map([[name, next(found.get(name))]]))
    return { before: changed.get(name), isNew: changed.has(name) }
  }
  return {
    set: (contentId, mark) => change(contentId, () => mark),
    closeUnless: (contentId, mark) => change(contentId, (before) => (before === mark ? before : closed)),
  }
}

/** The shelf over the index table and the media bucket. */
export function publicationStore({
  s3,
  mediaBucket,
  client,
  indexTable: TableName,
}: {
  readonly s3: S3Client
  readonly mediaBucket: string
  readonly client: DynamoDBDocumentClient
  readonly indexTable: string
}): Pick<PublicationStore, 'film' | 'store' | 'publish'> & Pick<MarksPorts, 'protectedFilms'> {
  return {
    async film(contentId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(contentId), ConsistentRead: true }),
      )
      const seconds: unknown =
        Item?.['version'] === undefined ? undefined : (Item['commonSeconds'] ?? Item['durationSeconds'])
      return typeof seconds === 'number' ? { commonMs: seconds * 1000 } : undefined
    },
    async *protectedFilms() {
      const scan = {
        TableName,
        ConsistentRead: true,
        FilterExpression: 'sk = :asset AND attribute_exists(#protection)',
        ProjectionExpression: 'pk',
        ExpressionAttributeNames: { '#protection': 'protection' },
        ExpressionAttributeValues: { ':asset': 'asset' },
      }
      for await (const { Items = [] } of paginateScan({ client }, scan))
        if (Items.length > 0) yield Items.map(({ pk }) => String(pk))
    },
    async store(key, text) {
      await s3.send(
        new PutObjectCommand({ Bucket: mediaBucket, Key: key, Body: text, ContentType: 'application/json' }),
      )
    },
    async publish(contentId, name) {
      await conditionHeld(
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(contentId),
            // Not to make a row of an asset that is gone by now.
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: name === undefined ? 'REMOVE #protection' : 'SET #protection = :name',
            ExpressionAttributeNames: { '#protection': 'protection' },
            ...(name !== undefined && { ExpressionAttributeValues: { ':name': name } }),
          }),
        ),
      )
    },
  }
}
