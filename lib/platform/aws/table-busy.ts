/** The error for a throttled table, the same in all rooms. */
import { HeadendError } from '../../errors.ts'
import { throttlingCodes } from './busy.ts'

/** DynamoDB's throttling codes among a transaction's cancellation reasons. */
const throttlingReasons: ReadonlySet<unknown> = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError'])

/** True for a throttling error, the SDK's or our own. */
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

/** The error for throttling; nothing was read or written that the caller was not told of. */
export const tableBusy = (table: string, cause?: unknown): HeadendError =>
  new HeadendError('TABLE_BUSY', `table ${table}: it takes no more for the moment, try again in a second`, {
    status: 503,
    cause,
  })
