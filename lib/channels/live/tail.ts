/** What of a channel is published behind its last sealed hour. */

import { type GapsBeside, gapsOf } from '../../timeline/gaps.ts'
import { leadIn } from '../../timeline/live/admit.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import { beforeFirst, type SealedHour } from '../../timeline/live/hour.ts'
import { linedUp } from '../../timeline/live/line-up.ts'
import { type Before, type Counts, noCounts, type Segment } from '../../timeline/timeline.ts'
import { isBeside } from './beside.ts'
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
  /** Up to which text is, too: it may come a little later. */
  readonly besideSeconds: number
  readonly tracks: ReadonlyMap<string, TailTrack>
  /** Gaps of all tracks, those of the last sealed segments too. */
  readonly gapsBeside: GapsBeside
}

/** Lines up the rows behind an hour; all minutes since then, of all tracks. */
export function tailOf(head: LiveHead, sealed: SealedHour | undefined, rows: readonly MinuteRow[]): Tail {
  const byTrack = Map.groupBy(rows, ({ trackId }) => trackId)
  const recorded = head.tracks.map(({ id, type, timescale }) => {
    const state = sealed?.tracks[id]?.behind
    const own = (byTrack.get(id) ?? []).toSorted((a, b) => a.minute - b.minute)
    const segments = own.flatMap((row) => row.segments)
    // The last sealed one comes along: whether the next goes on from it is what makes a discontinuity.
    const all = state ? [state.last, ...segments] : segments
    // Sealed, it has joined.
    return {
      id,
      timescale,
      segments: all,
      state,
      fromSeconds: state ? undefined : head.joins?.[id],
      isBeside: isBeside(type),
      hasBegun: state !== undefined,
    }
  })
  const { throughSeconds, besideSeconds, segments } = linedUp(recorded, {
    leadIn: sealed ? 1 : leadIn,
    segmentSeconds: head.segmentSeconds,
  })
  const gapsBeside = gapsOf(recorded)
  const shownOf = ({ id, state }: (typeof recorded)[number]): readonly Segment[] =>
    (segments.get(id) ?? []).slice(state ? 1 : 0)
  const lead = recorded.find((one) => !one.isBeside)
  const led = lead && {
    timescale: lead.timescale,
    segments: shownOf(lead),
    passed: lead.state?.passed ?? noCounts,
  }
  return {
    throughSeconds,
    besideSeconds,
    gapsBeside,
    tracks: new Map(
      recorded.map((track) => {
        const { id, timescale, state } = track
        const shown = shownOf(track)
        const following = { segments: shown, timescale, gapsBeside }
        const start = track.isBeside && led ? passedBefore(shown[0], timescale, led) : noCounts
        return [id, { before: beforeFirst({ ...following, start }, state), segments: shown }]
      }),
    ),
  }
}

interface Led {
  readonly timescale: number
  readonly segments: readonly Segment[]
  readonly passed: Counts
}

/**
 * What has passed of the leading track where another begins: players of HLS find the clock of text by the number of
 * discontinuities before it, so it counts those that it was not there for (RFC 8216bis 6.2.4).
 */
function passedBefore(first: Segment | undefined, timescale: number, led: Led): Counts {
  if (!first) return noCounts
  const seconds = (first.start + first.duration / 2) / timescale
  const before = led.segments.filter(({ start }) => start / led.timescale <= seconds)
  const discontinuities = before.filter(({ discontinuity }) => discontinuity).length
  return {
    // The one beside it is its own first.
    segments: led.passed.segments + Math.max(0, before.length - 1),
    discontinuities: led.passed.discontinuities + discontinuities,
  }
}
