/** Which failures of an AWS service may pass: one rule for all who ask, with the SDK or without it. */
import { HeadendError } from '../../errors.ts'

/** What services say when they are asked more than they give; DynamoDB and KMS say it with a status of 400. */
export const throttlingCodes: ReadonlySet<unknown> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
])
/** S3's word, with a status of 400, for a request that came too slowly. */
const lateCode = 'RequestTimeout'

/** Whether an answer means "not now": of the service itself, or of its load. */
export const isBusyAnswer = (status: number, code?: string): boolean =>
  status === 429 || status >= 500 || throttlingCodes.has(code) || code === lateCode

/** How Node names a connection that was not made, or broke. */
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

/** Whether an error of the SDK, or of a body it gave, is such an answer, or none at all. */
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

/** The error as its asker is to have it: what may pass is SERVICE_BUSY (503), all else stays what it is. */
export function orBusy(error: unknown, service: string): unknown {
  if (!(error instanceof Error) || !isBusy(error)) return error
  const { code = error.name } = error as { readonly code?: unknown }
  const why = `${service}: expected an answer, got ${String(code)} each time; try again in a second`
  return new HeadendError('SERVICE_BUSY', why, { status: 503, cause: error })
}
