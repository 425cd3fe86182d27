/** What every error of headend looks like: a stable code for programs, a full sentence for people. */
import type { errors } from './errors/table.ts'

type Table = typeof errors

/** The codes there are; `lib/errors/table.ts` says of each what it means and what to do. */
export type ErrorCode = keyof Table

type StatusesOf<Status> = Status extends readonly (infer One)[] ? One : Status

/** The HTTP statuses there are. */
export type ErrorStatus = { [Code in ErrorCode]: StatusesOf<Table[Code]['status']> }[ErrorCode]

/** The codes that are answered with a status. */
export type ErrorCodeOf<Status extends ErrorStatus> = {
  [Code in ErrorCode]: Status extends StatusesOf<Table[Code]['status']> ? Code : never
}[ErrorCode]

/**
 * What an error is made of: a code, and a status that the table has for it. 400 needs no word. Held by the compiler, so
 * that no function carries the table.
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
 * Broken input or a broken promise. The message says what, where, expected and got
 * (`trun: 12 samples declared, 40 bytes left at 1234`) and holds no secret.
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

/** An error's parts with another message, itself being the cause: its code and status belong together already. */
export const retold = (error: HeadendError, message: string): ErrorFields =>
  [error.code, message, { cause: error, status: error.status }] as ErrorFields
