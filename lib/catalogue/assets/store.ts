/** Reads the index that packaging writes, and timelines in the media bucket. */
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { s3Client, tableClient } from '../../platform/clients.ts'
import { readObject } from '../../platform/objects.ts'

/** Where the next page of a list starts: the key of the last item of the one before. */
export type PageKey = Readonly<Record<'pk' | 'sk' | 'kind' | 'updatedAt', string>>

/** What the asset routes need; items come as they are stored and are read by `record.ts`. */
export interface AssetStore {
  /** The item of one asset; undefined where no upload of it was seen. */
  asset(assetId: string): Promise<unknown>
  /** Items of assets, latest change first. */
  assets(page: {
    readonly limit: number
    readonly after?: PageKey | undefined
  }): Promise<{ readonly items: readonly unknown[]; readonly last?: PageKey }>
  /** Text of an object in the media bucket; undefined where there is none. */
  object(key: string): Promise<string | undefined>
}

/** The index table and the media bucket. */
export function assetStore({
  table,
  mediaBucket,
}: {
  readonly table: string
  readonly mediaBucket: string
}): AssetStore {
  const index = tableClient()
  const s3 = s3Client()
  return {
    async asset(assetId) {
      const { Item } = await index.send(
        new GetCommand({ TableName: table, Key: { pk: `vod/${assetId}`, sk: 'asset' } }),
      )
      return Item
    },
    async assets({ limit, after }) {
      const { Items = [], LastEvaluatedKey } = await index.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'byKind',
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': 'asset' },
          ScanIndexForward: false,
          Limit: limit,
          ...(after && { ExclusiveStartKey: after }),
        }),
      )
      if (LastEvaluatedKey === undefined) return { items: Items }
      const part = (name: string): string => String(LastEvaluatedKey[name])
      return {
        items: Items,
        last: { pk: part('pk'), sk: part('sk'), kind: part('kind'), updatedAt: part('updatedAt') },
      }
    },
    async object(key) {
      try {
        return new TextDecoder().decode(await readObject(s3, { bucket: mediaBucket, key }))
      } catch (error) {
        if (error instanceof HeadendError && error.code === 'OBJECT_GONE') return undefined
        throw error
      }
    },
  }
}
