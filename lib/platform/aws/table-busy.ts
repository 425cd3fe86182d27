/** A table that takes no more for the moment, as one error for all rooms. */
import { HeadendError } from '../../errors.ts'
import { throttlingCodes } from './busy.ts'

/** What DynamoDB says of a table that is asked more than it gives, where it stands among a transaction's reasons. */
const throttlingReasons: ReadonlySet<unknown> = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError'])

/** Whether an error says so, the SDK's or our own. */
export function isThrottling(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof HeadendError) return error.code === 'TABLE_BUSY'
  if (throttlingCodes.has(error.name)) return true
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined
  return (
    Array.isArray(reasons) &&
    reasons.some((reason: { readonly Code?: unknown }) => throttlingReasons.has(reason.Code))
  )
}

/** What is thrown then; nothing was read or written that the caller was not told of. */
export const tableBusy = (table: string, cause?: unknown): HeadendError =>
  new HeadendError('TABLE_BUSY', `table ${table}: it takes no more for the moment, try again in a second`, {
    status: 503,
    cause,
  })
