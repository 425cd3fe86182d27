/** AWS clients, created once for each function. They take region, credentials and endpoint from the environment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { orBusy } from './busy.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/**
 * Runs outside the SDK's own retries: a transient failure that outlasts them becomes SERVICE_BUSY (503) for every
 * caller. It tells a viewer or operator to try again; nothing is broken.
 */
const outermost = { step: 'initialize', name: 'busy', priority: 'high' } as const

/** S3. Ranges have no checksum to compare with, so none is requested. */
export const s3Client = (): S3Client => {
  const client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  client.middlewareStack.add((next) => (call) => next(call).catch(thrownOf('S3')), outermost)
  return client
}

/** Secrets Manager, in another region if one is given. */
export const secretsClient = (region?: string): SecretsManagerClient => {
  const client = new SecretsManagerClient(region === undefined ? {} : { region })
  client.middlewareStack.add((next) => (call) => next(call).catch(thrownOf('Secrets Manager')), outermost)
  return client
}

const thrownOf =
  (service: string) =>
  (error: unknown): never => {
    throw orBusy(error, service)
  }

/** DynamoDB with plain values; undefined ones are not stored. Throttling becomes TABLE_BUSY (503). */
export const tableClient = (): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({})
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call)
      } catch (error) {
        const { TableName: table } = call.input as { readonly TableName?: string }
        throw isThrottling(error) ? tableBusy(table ?? 'of several', error) : orBusy(error, 'DynamoDB')
      }
    },
    outermost,
  )
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}
