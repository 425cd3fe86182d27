/** The form of every error of headend: a stable code for programs, a full sentence for people. */
import type { errors } from './errors/table.ts'

type Table = typeof errors

/** All codes; `lib/errors/table.ts` has the meaning and the remedy of each. */
export type ErrorCode = keyof Table

type StatusesOf<Status> = Status extends readonly (infer One)[] ? One : Status

/** All HTTP statuses in the table. */
export type ErrorStatus = { [Code in ErrorCode]: StatusesOf<Table[Code]['status']> }[ErrorCode]

/** The codes with this status. */
export type ErrorCodeOf<Status extends ErrorStatus> = {
  [Code in ErrorCode]: Status extends StatusesOf<Table[Code]['status']> ? Code : never
}[ErrorCode]

/**
 * The parts of an error: a code, and a status that the table lists for it. 400 may be left out. Checked by the
 * compiler, so that no function has to bundle the table.
 */
export type ErrorFields = {
  [Status in ErrorStatus]: [
    code: ErrorCodeOf<Status>,
    message: string,
    ...(Status extends 400
      ? [more?: { readonly cause?: unknown; readonly status?: 400 }]
      : [more: { readonly cause?: unknown; readonly status: Status }]),
  ]
}[ErrorStatus]

/**
 * An error in input or in a dependency. The message says what, where, expected and got (`trun: 12 samples declared, 40
 * bytes left at 1234`) and holds no secret.
 */
export class HeadendError extends Error {
  override readonly name = 'HeadendError'
  readonly code: ErrorCode
  readonly status: ErrorStatus

  constructor(...parts: ErrorFields)
  constructor(
    code: ErrorCode,
    message: string,
    { cause, status = 400 }: { readonly cause?: unknown; readonly status?: ErrorStatus } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
  }
}

/** The parts of an error with another message and the error as the cause: its code and status are known to match. */
export const retold = (error: HeadendError, message: string): ErrorFields =>
  [error.code, message, { cause: error, status: error.status }] as ErrorFields
