/** Faults of a track that can be played nevertheless. */
import type { ErrorCode } from '../../errors.ts'

/** What was wrong, and what is done about it. */
export interface Repair {
  readonly code: ErrorCode
  readonly reason: string
}
