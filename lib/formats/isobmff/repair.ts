/** Defects of a track that plays nevertheless. */
import type { ErrorCode } from '../../errors.ts'

/** The defect, and its handling. */
export interface Repair {
  readonly code: ErrorCode
  readonly reason: string
}
