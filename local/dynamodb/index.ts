/** The door of the local DynamoDB. */
export { createDynamoDb, type DynamoDb, type DynamoDbOptions } from './dynamodb.ts'
export type { StreamRecord } from './types.ts'
