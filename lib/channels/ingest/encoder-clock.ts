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
  /** The run it is of: what is added before the encoder's clock begins anew for the first time. */
  readonly run: number
  /** The run it begins; absent if it is part of one that is known. */
  readonly begins?: EncoderRun
}

/** What is known of a segment's time. */
export interface Timed {
  /** Its end on its encoder's clock. */
  readonly endSeconds: number
  readonly writtenMs: number
  /** Seconds after which that clock begins anew; absent if it does not. */
  readonly clockSeconds?: number | undefined
}

/** Places a segment. */
export function placed(
  runs: readonly EncoderRun[],
  { endSeconds, writtenMs, clockSeconds }: Timed,
): OnWallClock {
  const written = writtenMs / 1000
  // A clock that begins anew each day can not be that of 1970.
  if (clockSeconds === undefined && Math.abs(endSeconds - written) <= epochToleranceSeconds)
    return { addSeconds: 0, run: 0 }
  for (const run of runs.toReversed()) {
    const late = written - endSeconds - run.addSeconds
    const turned = clockSeconds === undefined ? 0 : Math.round(late / clockSeconds) * clockSeconds
    if (Math.abs(late - turned) <= runToleranceSeconds)
      return { addSeconds: run.addSeconds + turned, run: run.addSeconds }
  }
  // Whole milliseconds, so that all tracks of the encoder are moved by the same.
  const addSeconds = Math.round((written - endSeconds) * 1000) / 1000
  return { addSeconds, run: addSeconds, begins: { addSeconds, sinceMs: writtenMs } }
}
