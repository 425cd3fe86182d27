/** What every error of headend looks like: a stable code for programs, a full sentence for people. */

/** `A_B` in capitals: the first word is the area (`MP4_BOX_TRUNCATED`, `HLS_ATTRIBUTE_QUOTE`). */
export type ErrorCode = `${Uppercase<string>}_${Uppercase<string>}`

/** How an error may be made richer: its cause, and the HTTP status where a client can see it. */
export interface ErrorOptionsWithStatus {
  readonly cause?: unknown
  readonly status?: number
}

/**
 * Broken input or a broken promise. The message says what, where, expected and got
 * (`trun: 12 samples declared, 40 bytes left at 1234`) and holds no secret.
 */
export class HeadendError extends Error {
  override readonly name = 'HeadendError'
  readonly code: ErrorCode
  readonly status: number

  constructor(code: ErrorCode, message: string, { cause, status = 400 }: ErrorOptionsWithStatus = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
  }
}
