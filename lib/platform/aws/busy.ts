/** Tells transient failures of AWS services from permanent ones: one rule for callers with and without the SDK. */
import { HeadendError } from '../../errors.ts'

/** Error codes for throttling; DynamoDB and KMS send them with a status of 400. */
export const throttlingCodes: ReadonlySet<unknown> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
])
/** S3's code, with a status of 400, for a request that arrived too slowly. */
const lateCode = 'RequestTimeout'

/** True for an answer that means "not now": the service failed or is overloaded. */
export const isBusyAnswer = (status: number, code?: string): boolean =>
  status === 429 || status >= 500 || throttlingCodes.has(code) || code === lateCode

/** Node's error codes for a connection that was refused or lost. */
const lostConnection: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
])

/** True for an SDK or body-stream error that is such an answer, or that means no answer came at all. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { $metadata, code } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number }
    readonly code?: unknown
  }
  const status = $metadata?.httpStatusCode
  return status === undefined
    ? error.name === 'TimeoutError' || lostConnection.has(code)
    : isBusyAnswer(status, error.name)
}

/** The error to rethrow: SERVICE_BUSY (503) for a transient failure, any other error unchanged. */
export function orBusy(error: unknown, service: string): unknown {
  if (!(error instanceof Error) || !isBusy(error)) return error
  const { code = error.name } = error as { readonly code?: unknown }
  const why = `${service}: expected an answer, got ${String(code)} each time; try again in a second`
  return new HeadendError('SERVICE_BUSY', why, { status: 503, cause: error })
}
