/** Key periods with the keys made for them, as anybody may see them. */
import type { KeyRecord } from './content-key.ts'

/** A key without what wraps it. */
export type PublicKey = Omit<KeyRecord, 'wrapped'>

/** A period with the keys made for it. */
export interface MadePeriod {
  readonly index: number
  /** Milliseconds of media time (films) or of the epoch (live). */
  readonly fromMs: number
  readonly keys: readonly PublicKey[]
}
