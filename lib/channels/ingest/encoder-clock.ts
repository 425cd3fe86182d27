/**
 * Places an encoder's clock on the wall clock. Encoders that count from 1970 agree with one another and are left as they
 * are; others begin anywhere, and anew at each restart.
 */
import type { EncoderRun } from '../live/store.ts'

/** Beyond this the clock of an encoder is not the wall clock, however slow its network is. */
const epochToleranceSeconds = 120
/** A run goes on as long as its segments come within this of when they should. */
const runToleranceSeconds = 30

/** Where a segment lies. */
export interface OnWallClock {
  /** Added to the encoder's seconds. */
  readonly addSeconds: number
  /** The run it begins; absent if it is part of one that is known. */
  readonly begins?: EncoderRun
}

/** Places a segment that ends at `endSeconds` of its encoder's clock and was written at `writtenMs`. */
export function placed(
  runs: readonly EncoderRun[],
  { endSeconds, writtenMs }: { readonly endSeconds: number; readonly writtenMs: number },
): OnWallClock {
  const written = writtenMs / 1000
  if (Math.abs(endSeconds - written) <= epochToleranceSeconds) return { addSeconds: 0 }
  const fits = ({ addSeconds }: EncoderRun): boolean =>
    Math.abs(endSeconds + addSeconds - written) <= runToleranceSeconds
  const current = runs.findLast(fits)
  if (current) return { addSeconds: current.addSeconds }
  // Whole milliseconds, so that all tracks of the encoder are moved by the same.
  const addSeconds = Math.round((written - endSeconds) * 1000) / 1000
  return { addSeconds, begins: { addSeconds, sinceMs: writtenMs } }
}
