/** AWS clients, made once for each function. They find region, credentials and endpoint in the environment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { orBusy } from './busy.ts'
import { isThrottling, tableBusy } from './table-busy.ts'

/**
 * Around the SDK's own tries: what fails after them and may still pass is SERVICE_BUSY (503), whoever asks. A viewer or
 * operator is to try again then, and nothing is broken.
 */
const outermost = { step: 'initialize', name: 'busy', priority: 'high' } as const

/** S3. Ranges have no checksum of their own to compare with, so none is asked for. */
export const s3Client = (): S3Client => {
  const client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  client.middlewareStack.add((next) => (call) => next(call).catch(thrownOf('S3')), outermost)
  return client
}

/** Secrets Manager, of another region where one is named. */
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

/** DynamoDB with plain values; what is undefined is not stored. What is refused for its load is TABLE_BUSY (503). */
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
