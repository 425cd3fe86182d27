/** What is wrong in a playlist that can be read all the same. */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'

/** One fault, by the line it stands in, counted from 1. */
export interface PlaylistProblem {
  readonly code: ErrorCodeOf<400>
  readonly line: number
  readonly message: string
}

/** Notes a fault; readers go on with what is left. */
export type Report = (code: ErrorCodeOf<400>, line: number, message: string) => void

/** The fault as an error, for readers that accept none. */
export function problemError({ code, line, message }: PlaylistProblem): HeadendError {
  return new HeadendError(code, `line ${line}: ${message}`)
}
