/** AWS clients, made once for each function. They find region, credentials and endpoint in the environment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { isThrottling, tableBusy } from './table-busy.ts'

/** S3. Ranges have no checksum of their own to compare with, so none is asked for. */
export const s3Client = (): S3Client =>
  new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' })

/**
 * DynamoDB with plain values; what is undefined is not stored. What is still refused for its load after the SDK's own
 * tries is TABLE_BUSY (503), whoever asks: a viewer or operator is to try again, and nothing is broken.
 */
export const tableClient = (): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({})
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call)
      } catch (error) {
        const { TableName: table } = call.input as { readonly TableName?: string }
        throw isThrottling(error) ? tableBusy(table ?? 'of several', error) : error
      }
    },
    { step: 'initialize', name: 'tableBusy', priority: 'high' },
  )
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}
