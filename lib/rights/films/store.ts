/** Films that play, in the index table, and what says how they are protected, in the media bucket. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { happened } from '../../platform/conditional-write.ts'
import type { FilmShelf } from '../protection/film-protection.ts'

const keyOf = (contentId: string) => ({ pk: contentId, sk: 'asset' })

/** The shelf over the index table and the media bucket. */
export function filmShelf({
  s3,
  mediaBucket,
  client,
  indexTable: TableName,
  seal,
}: {
  readonly s3: S3Client
  readonly mediaBucket: string
  readonly client: DynamoDBDocumentClient
  readonly indexTable: string
  /** Whether the edge refuses a content's clear media. */
  readonly seal: FilmShelf['seal']
}): FilmShelf {
  return {
    seal,
    async commonMs(contentId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(contentId), ConsistentRead: true }),
      )
      const seconds: unknown =
        Item?.['version'] === undefined ? undefined : (Item['commonSeconds'] ?? Item['durationSeconds'])
      return typeof seconds === 'number' ? seconds * 1000 : undefined
    },
    async store(key, text) {
      await s3.send(
        new PutObjectCommand({ Bucket: mediaBucket, Key: key, Body: text, ContentType: 'application/json' }),
      )
    },
    async publish(contentId, name) {
      await happened(
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
