/** What becomes of input changed at random: a property that never reads, or never refuses, shows nothing of the other. */
import { expect } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'

/** Counts of both outcomes. */
export interface Outcomes {
  /** Runs `read`; what it refuses with a code is counted, and whatever else it throws is thrown on. */
  readonly count: (read: () => void) => void
  /** Fails unless both outcomes were seen at least this often. */
  readonly expectBoth: (least: number) => void
}

export function outcomes(): Outcomes {
  const seen = { read: 0, refused: 0 }
  return {
    count(read) {
      try {
        read()
        seen.read++
      } catch (error) {
        if (!(error instanceof HeadendError)) throw error
        seen.refused++
      }
    },
    expectBoth(least) {
      expect(seen.read).toBeGreaterThanOrEqual(least)
      expect(seen.refused).toBeGreaterThanOrEqual(least)
    },
  }
}
