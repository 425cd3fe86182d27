/** Faults in a playlist that can be read nevertheless. */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'

/** A fault, with its line counted from 1. */
export interface PlaylistProblem {
  readonly code: ErrorCodeOf<400>
  readonly line: number
  readonly message: string
}

/** Reports a fault; readers continue with the rest. */
export type Report = (code: ErrorCodeOf<400>, line: number, message: string) => void

/** The fault as an error, for strict readers. */
export function problemError({ code, line, message }: PlaylistProblem): HeadendError {
  return new HeadendError(code, `line ${line}: ${message}`)
}
