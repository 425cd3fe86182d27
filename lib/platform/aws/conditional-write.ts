/** Writes to DynamoDB that depend on what is there. */
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'

/** Whether a conditional write was done; that its condition did not hold is an answer, not a fault. */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

/** The same of a transaction, or of a write that may meet one: that another writer was there is no fault, either. */
export async function committed(write: Promise<unknown>): Promise<boolean> {
  try {
    return await conditionHeld(write)
  } catch (error) {
    if (error instanceof TransactionConflictException) return false
    if (error instanceof TransactionCanceledException && error.CancellationReasons?.every(isOfWriters))
      return false
    throw error
  }
}

const ofWriters = new Set<string | undefined>(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
const isOfWriters = ({ Code }: { readonly Code?: string | undefined }) => ofWriters.has(Code)
