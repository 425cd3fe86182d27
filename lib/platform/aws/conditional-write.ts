/** Conditional writes to DynamoDB. */

/** Resolves to true if a conditional write was done, to false if its condition failed, which is no error. */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (nameOf(error) === 'ConditionalCheckFailedException') return false
    throw error
  }
}

/** The condition of a write that puts a revision, counted from 1, in the place of the one before it. */
export const replacesRevision = (revision: number) =>
  revision === 1
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'revision = :before', ExpressionAttributeValues: { ':before': revision - 1 } }

/** As {@link conditionHeld} for a transaction, or a write that may conflict with one: losing to another writer is no error either. */
export async function committed(write: Promise<unknown>): Promise<boolean> {
  try {
    return await conditionHeld(write)
  } catch (error) {
    if (nameOf(error) === 'TransactionConflictException') return false
    if (nameOf(error) === 'TransactionCanceledException' && reasonsOf(error)?.every(isOfWriters)) return false
    throw error
  }
}

/** The service's error code, which is the name of SDK errors and of ours. */
const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined)

const reasonsOf = (error: unknown) =>
  (error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons

const ofWriters = new Set<string | undefined>(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
const isOfWriters = ({ Code }: { readonly Code?: string | undefined }) => ofWriters.has(Code)
