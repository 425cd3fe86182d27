/** A channel's recent past as its operator looks at it: breaks and how exactly they are cut, gaps, new beginnings. */
import type { LiveHead } from '../../timeline/live/head.ts'
import type { Marker, Segment } from '../../timeline/timeline.ts'
import type { Cue } from '../cues/cue.ts'
import { markersOf } from '../cues/markers.ts'
import type { MinuteRow } from '../live/minute-row.ts'

/** Times are in seconds since 1970. */
export interface Overview {
  /** Begin of the first segment that was recorded in that time; undefined if there is none. */
  readonly sinceSeconds?: number
  /** End of the last one. */
  readonly throughSeconds?: number
  readonly markers: readonly MarkerSeen[]
  readonly gaps: readonly { readonly trackId: string; readonly from: number; readonly to: number }[]
  /** Where the feed began anew, in any track. */
  readonly discontinuities: readonly number[]
}

/** A marker, and how long behind its times the segments begin that it asks for. */
export interface MarkerSeen extends Pick<Marker, 'id' | 'kind'> {
  readonly from: number
  /** Absent as long as it has not ended. */
  readonly to?: number
  readonly plannedSeconds?: number
  /** Absent as long as no such segment has come. */
  readonly beginsLate?: number
  readonly endsLate?: number
}

/** What is to be looked at. */
export interface Seen {
  readonly head: Pick<LiveHead, 'tracks'>
  readonly cues: readonly Cue[]
  readonly rows: readonly MinuteRow[]
  readonly from: number
  readonly to: number
}

/** Boundaries of audio are those of its frames, and markers count milliseconds. */
const toleranceSeconds = 0.002

/** Looks at what lies from `from` to `to`; what began before and still runs there belongs to it. */
export function overviewOf({ head, cues, rows, from, to }: Seen): Overview {
  const tracks = head.tracks.map(({ id, type, timescale }) => ({
    id,
    type,
    segments: rows
      .filter(({ trackId }) => trackId === id)
      .flatMap(({ segments }) => segments.map((segment) => inSeconds(segment, timescale)))
      .toSorted((a, b) => a.from - b.from),
  }))
  const lead = tracks.find(({ type }) => type === 'video') ?? tracks[0]
  const starts = (lead?.segments ?? []).filter(({ gap }) => gap === 'none').map((one) => one.from)
  const lateAt = (seconds: number): number | undefined => {
    const start = starts.find((one) => one >= seconds - toleranceSeconds)
    // What is asked for before the first segment looked at says nothing.
    return start === undefined || seconds < from ? undefined : Math.max(0, start - seconds)
  }
  const begins = tracks.flatMap(({ segments }) => segments[0]?.from ?? [])
  const ends = tracks.flatMap(({ segments }) => segments.at(-1)?.to ?? [])
  return {
    ...(begins.length > 0 && { sinceSeconds: Math.min(...begins) }),
    ...(ends.length > 0 && { throughSeconds: Math.max(...ends) }),
    markers: markersOf(cues)
      .map((marker) => seen(marker, lateAt))
      .filter((marker) => marker.from < to && (marker.to ?? marker.from) >= from),
    gaps: tracks.flatMap(({ id, segments }) => gapsOf(id, segments)),
    discontinuities: [
      ...new Set(
        tracks.flatMap(({ segments }) =>
          segments.filter(({ discontinuity }) => discontinuity).map((one) => one.from),
        ),
      ),
    ].toSorted((a, b) => a - b),
  }
}

const inSeconds = ({ start, duration, gap, discontinuity }: Segment, timescale: number) => ({
  from: start / timescale,
  to: (start + duration) / timescale,
  gap,
  discontinuity,
})

function seen(
  { id, kind, at, duration, planned }: Marker,
  lateAt: (seconds: number) => number | undefined,
): MarkerSeen {
  const from = at / 1000
  const to = duration === undefined ? undefined : from + duration / 1000
  const [beginsLate, endsLate] = [lateAt(from), to === undefined ? undefined : lateAt(to)]
  return {
    id,
    kind,
    from,
    ...(to !== undefined && { to }),
    ...(planned !== undefined && { plannedSeconds: planned / 1000 }),
    ...(beginsLate !== undefined && { beginsLate }),
    ...(endsLate !== undefined && { endsLate }),
  }
}

/** Gaps one behind the other are one. */
function gapsOf(trackId: string, segments: readonly ReturnType<typeof inSeconds>[]): Overview['gaps'] {
  const gaps: { trackId: string; from: number; to: number }[] = []
  for (const { from, to, gap } of segments) {
    if (gap !== 'missing') continue
    const last = gaps.at(-1)
    if (last && from - last.to < toleranceSeconds) last.to = to
    else gaps.push({ trackId, from, to })
  }
  return gaps
}
