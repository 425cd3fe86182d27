/** A sealed hour: its segments, and the counts at its beginning, so that any window's numbers follow without the rest. */
import { HeadendError } from '../../errors.ts'
import type { GapsBeside } from '../gaps.ts'
import { type Before, type Counts, continues, noCounts, type Segment } from '../timeline.ts'
import { decodeLiveColumns, encodeLiveColumns, type LiveColumns } from './columns.ts'

/** What the row of a sealed hour says of a track. */
export interface HourTrack {
  readonly count: number
  readonly discontinuities: number
  readonly before: Before
  /** Where a track stands behind it. */
  readonly behind: TrackState
}

/** The row of a sealed hour; `tracks` by id. */
export interface SealedHour {
  /** Hours since 1970. */
  readonly hour: number
  /** A repair after sealing has a higher one. */
  readonly revision: number
  /** Its page and its media are there up to this time, in seconds since 1970. */
  readonly keptUntil: number
  readonly tracks: Readonly<Record<string, HourTrack>>
}

/** Where a track stands: what has passed of it, and its last segment. */
export interface TrackState {
  readonly passed: Counts
  readonly last: Segment
  /** Where the run began that the last segment is in. */
  readonly run: NonNullable<Before['run']>
  /** Tracks that had a gap beside it; absent: none. */
  readonly gaps?: string
}

/** What follows a state: a track's segments, and what the others had beside them. */
export interface Following {
  readonly segments: readonly Segment[]
  readonly timescale: number
  readonly gapsBeside: GapsBeside
  /** What had passed of the leading track where this one began, if it began later. */
  readonly start?: Counts
}

/** A track's published segments in an hour, behind `state`; undefined if it has none, now and before. */
export function hourTrack(following: Following, state: TrackState | undefined): HourTrack | undefined {
  const { segments } = following
  const before = beforeFirst(following, state)
  const behind = stateBehind(following, state)
  if (!behind) return undefined
  return {
    count: segments.length,
    discontinuities: behind.passed.discontinuities - before.discontinuities,
    before,
    behind,
  }
}

/** Counts before segments that follow `state`, and the run they go on in, if they do. */
export function beforeFirst(
  { segments: [first], timescale, gapsBeside, start = noCounts }: Following,
  state: TrackState | undefined,
): Before {
  if (!state) return start
  const goesOn = first && isSameRun(state, first, gapsBeside(first, timescale))
  return { ...state.passed, ...(goesOn && { run: state.run }) }
}

const isSameRun = ({ last, gaps = '' }: TrackState, next: Segment, gapsOfNext: string): boolean =>
  continues(last, next) && gaps === gapsOfNext

/** The state behind segments that follow `state`. */
function stateBehind(
  { segments, timescale, gapsBeside, start: began = noCounts }: Following,
  state: TrackState | undefined,
): TrackState | undefined {
  let behind = state
  for (const segment of segments) {
    const { number, cut, start, discontinuity } = segment
    const passed = behind?.passed ?? began
    const gaps = gapsBeside(segment, timescale)
    behind = {
      passed: {
        segments: passed.segments + 1,
        discontinuities: passed.discontinuities + (discontinuity ? 1 : 0),
      },
      last: segment,
      run: behind && isSameRun(behind, segment, gaps) ? behind.run : { number, cut, start },
      ...(gaps !== '' && { gaps }),
    }
  }
  return behind
}

interface StoredHour {
  readonly format: 'headend-hour/1'
  readonly tracks: Readonly<Record<string, LiveColumns>>
  /** Sizes of segments, which manifests do not read. */
  readonly bytes: Readonly<Record<string, readonly number[]>>
}

/** The page of an hour. */
export function printHour(tracks: ReadonlyMap<string, readonly Segment[]>): string {
  const shown = [...tracks].filter(([, segments]) => segments.length > 0)
  const page: StoredHour = {
    format: 'headend-hour/1',
    tracks: Object.fromEntries(shown.map(([id, segments]) => [id, encodeLiveColumns(segments)])),
    bytes: Object.fromEntries(shown.map(([id, segments]) => [id, segments.map(({ bytes }) => bytes)])),
  }
  return JSON.stringify(page)
}

/** The segments of an hour by track id; throws TIMELINE_FORMAT for an unknown format. */
export function parseHour(name: string, text: string): ReadonlyMap<string, readonly Segment[]> {
  const page = JSON.parse(text) as Partial<StoredHour>
  if (page.format !== 'headend-hour/1' || !page.tracks)
    throw new HeadendError(
      'TIMELINE_FORMAT',
      `${name}: expected headend-hour/1, got ${String(page.format)}`,
      {
        status: 500,
      },
    )
  return new Map(
    Object.entries(page.tracks).map(([id, columns]) => [id, decodeLiveColumns(columns, page.bytes?.[id])]),
  )
}
