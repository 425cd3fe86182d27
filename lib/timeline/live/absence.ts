/**
 * The absence of a track: it ended, or has not come for long, while others go on. Its time is recorded as gaps, for as
 * long as they go on, so that it holds nothing up and nothing that was published without it is ever taken back. The
 * absence begins, and ends, with a discontinuity of all tracks, which in DASH is a Period of its own.
 */
import type { Segment } from '../timeline.ts'

/** A few lost segments are no absence. */
const segments = 10

const isMissing = ({ gap }: Segment): boolean => gap === 'missing'

/** Gaps at the end of a track; Infinity where its absence is open, or nothing but gaps is in sight. */
function gapsBehind(recorded: readonly Segment[]): number {
  const last = recorded.findLastIndex((one) => !isMissing(one))
  const run = recorded.slice(last + 1)
  const isOpen = run.length > 0 && (last < 0 || run.some(({ discontinuity }) => discontinuity))
  return isOpen ? Number.POSITIVE_INFINITY : run.length
}

/** What is held to be an absence, of segments in order of time. */
export const absence = {
  segments,
  /** Which of the gaps to come opens it; Infinity if it is open. */
  opensIn: (recorded: readonly Segment[]): number => {
    const behind = gapsBehind(recorded)
    return behind > segments ? Number.POSITIVE_INFINITY : segments - behind
  },
  /** Whether a segment that comes behind these comes back from it. */
  endsBehind: (recorded: readonly Segment[]): boolean => gapsBehind(recorded) >= segments,
} as const
