/** Key periods with their keys, as shown publicly. */
import type { KeyRecord } from './content-key.ts'

/** A key without its wrapped bytes. */
export type PublicKey = Omit<KeyRecord, 'wrapped'>

/** A period with its keys. */
export interface MadePeriod {
  readonly index: number
  /** Milliseconds of media time (assets) or of the epoch (live). */
  readonly fromMs: number
  readonly keys: readonly PublicKey[]
}
