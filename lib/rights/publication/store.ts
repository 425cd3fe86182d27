/** Publication turns, in the rights table. */

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb'
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { TurnStore } from './turns.ts'

/** Longer than any publication step; the holder renews the turn before each step that opens something. */
const heldMs = 30_000
/** One partition for all turns, so that one query finds the unfinished ones; only a few writes a second. */
const partition = 'publication'

/** A turn store on the rights table. */
export function turnStore({
  table: TableName,
  client,
  now,
}: {
  readonly table: string
  readonly client: DynamoDBDocumentClient
  readonly now: () => number
}): TurnStore {
  const item = (contentId: ContentId, owner: string, untilMs: number) => ({
    TableName,
    Item: { ...keyOf(contentId), owner, untilMs },
  })
  const write = (contentId: ContentId, owner: string, untilMs: number) =>
    conditionHeld(client.send(new PutCommand({ ...item(contentId, owner, untilMs), ...own(owner) })))

  return {
    async take(contentId, owner) {
      const { ExpressionAttributeNames, ExpressionAttributeValues } = own(owner)
      try {
        const { Attributes } = await client.send(
          new PutCommand({
            ...item(contentId, owner, now() + heldMs),
            ConditionExpression: 'attribute_not_exists(pk) OR untilMs < :now OR #owner = :owner',
            ExpressionAttributeNames,
            ExpressionAttributeValues: { ...ExpressionAttributeValues, ':now': now() },
            ReturnValues: 'ALL_OLD',
          }),
        )
        return { isUnfinished: Attributes !== undefined && Attributes['owner'] !== owner }
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined
        throw error
      }
    },
    keep: (contentId, owner) => write(contentId, owner, now() + heldMs),
    async finish(contentId, owner) {
      await conditionHeld(client.send(new DeleteCommand({ TableName, Key: keyOf(contentId), ...own(owner) })))
    },
    async leave(contentId, owner) {
      await write(contentId, owner, 0)
    },
    async unfinished() {
      const left: string[] = []
      const query = {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'untilMs < :now',
        ExpressionAttributeValues: { ':pk': partition, ':now': now() },
      }
      for await (const { Items = [] } of paginateQuery({ client }, query))
        for (const { sk } of Items) left.push(String(sk))
      return left
    },
  }
}

const keyOf = (contentId: ContentId) => ({ pk: partition, sk: contentId })

/** Condition that the turn still belongs to the owner. */
const own = (owner: string) => ({
  ConditionExpression: '#owner = :owner',
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': owner },
})
