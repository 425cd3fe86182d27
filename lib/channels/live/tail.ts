/** What of a channel is published behind its last sealed hour. */

import { type GapsBeside, gapsOf } from '../../timeline/gaps.ts'
import { leadIn } from '../../timeline/live/admit.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import { beforeFirst, type SealedHour } from '../../timeline/live/hour.ts'
import { linedUp } from '../../timeline/live/line-up.ts'
import type { Before, Segment } from '../../timeline/timeline.ts'
import type { MinuteRow } from './minute-row.ts'

/** A track behind the last sealed hour. */
export interface TailTrack {
  readonly before: Before
  readonly segments: readonly Segment[]
}

/** The published tail. */
export interface Tail {
  /** Media time up to which all tracks are published; -Infinity if nothing is. */
  readonly throughSeconds: number
  readonly tracks: ReadonlyMap<string, TailTrack>
  /** Gaps of all tracks, those of the last sealed segments too. */
  readonly gapsBeside: GapsBeside
}

/** Lines up the rows behind an hour; all minutes since then, of all tracks. */
export function tailOf(head: LiveHead, sealed: SealedHour | undefined, rows: readonly MinuteRow[]): Tail {
  const byTrack = Map.groupBy(rows, ({ trackId }) => trackId)
  const recorded = head.tracks.map(({ id, timescale }) => {
    const state = sealed?.tracks[id]?.behind
    const own = (byTrack.get(id) ?? []).toSorted((a, b) => a.minute - b.minute)
    const segments = own.flatMap((row) => row.segments)
    // The last sealed one comes along: whether the next goes on from it is what makes a discontinuity.
    const all = state ? [state.last, ...segments] : segments
    // Sealed, it has joined.
    return { id, timescale, segments: all, state, fromSeconds: state ? undefined : head.joins?.[id] }
  })
  const { throughSeconds, segments } = linedUp(recorded, {
    leadIn: sealed ? 1 : leadIn,
    segmentSeconds: head.segmentSeconds,
  })
  const gapsBeside = gapsOf(recorded)
  return {
    throughSeconds,
    gapsBeside,
    tracks: new Map(
      recorded.map(({ id, timescale, state }) => {
        const shown = (segments.get(id) ?? []).slice(state ? 1 : 0)
        const following = { segments: shown, timescale, gapsBeside }
        return [id, { before: beforeFirst(following, state), segments: shown }]
      }),
    ),
  }
}
