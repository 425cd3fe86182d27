/** Media time to wall clock. */
import type { Timeline } from '../timeline/timeline.ts'

/** Milliseconds since 1970 of media time `seconds` by the anchor in force; undefined where there is none. */
export function wallClock({ anchors, timescale }: Timeline, seconds: number): number | undefined {
  const anchor = anchors.findLast(({ at }) => at / timescale <= seconds) ?? anchors[0]
  return anchor && Math.round(anchor.epochMs + (seconds - anchor.at / timescale) * 1000)
}
