/** Writes to DynamoDB that depend on what is there. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'

/** Whether a conditional write was done; that its condition did not hold is an answer, not a fault. */
export async function happened(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
