/** Writes to DynamoDB that depend on what is there. */

/** Whether a conditional write was done; that its condition did not hold is an answer, not a fault. */
export async function conditionHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (nameOf(error) === 'ConditionalCheckFailedException') return false
    throw error
  }
}

/** The same of a transaction, or of a write that may meet one: that another writer was there is no fault, either. */
export async function committed(write: Promise<unknown>): Promise<boolean> {
  try {
    return await conditionHeld(write)
  } catch (error) {
    if (nameOf(error) === 'TransactionConflictException') return false
    if (nameOf(error) === 'TransactionCanceledException' && reasonsOf(error)?.every(isOfWriters)) return false
    throw error
  }
}

/** The service's code, which names the SDK's errors and our own alike. */
const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined)

const reasonsOf = (error: unknown) =>
  (error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons

const ofWriters = new Set<string | undefined>(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
const isOfWriters = ({ Code }: { readonly Code?: string | undefined }) => ofWriters.has(Code)
