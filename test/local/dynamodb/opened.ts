/** A local DynamoDB with the films table, served, and clients of it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { createDynamoDb, type DynamoDb, type DynamoDbOptions } from '../../../local/dynamodb/index.ts'
import { allow, clientOf, scratch, serve } from '../serve.ts'
import { films } from './films.ts'

export const TableName = 'films'

export interface Opened {
  readonly dynamoDb: DynamoDb
  readonly endpoint: string
  readonly wire: DynamoDBClient
  readonly client: DynamoDBDocumentClient
  close(): Promise<void>
}

/** A new database each time; the sweeper runs only when it is called. */
export async function openFilms(options: Partial<DynamoDbOptions> = {}): Promise<Opened> {
  const directory = await scratch()
  const dynamoDb = await createDynamoDb({
    path: directory.path,
    authorize: allow,
    sweepEveryMs: false,
    ...options,
  })
  await dynamoDb.createTable(TableName, films)
  const served = await serve(dynamoDb)
  const wire = new DynamoDBClient(clientOf(served.endpoint))
  return {
    dynamoDb,
    endpoint: served.endpoint,
    wire,
    client: DynamoDBDocumentClient.from(wire, { marshallOptions: { removeUndefinedValues: true } }),
    async close() {
      wire.destroy()
      await served.close()
      await dynamoDb.close()
      await directory.remove()
    },
  }
}
