/** A row of a minute: what is recorded of one track in it. It only grows; what is in it never changes. */
import type { Segment } from '../../timeline/timeline.ts'

/** Segments of one track that start in one minute. */
export interface MinuteRow {
  /** Minutes since 1970. */
  readonly minute: number
  readonly trackId: string
  readonly revision: number
  readonly segments: readonly Segment[]
  /** The run of its encoder that each segment is of, by what is added to the encoder's seconds; NaN where none is. */
  readonly runs: readonly number[]
}

/** A segment, and the run of its encoder. */
export interface Recorded {
  readonly segment: Segment
  /** NaN: of none, as a gap is. */
  readonly run: number
}

/** What a row holds, in order of time. */
export const recordedIn = ({ segments, runs }: MinuteRow): readonly Recorded[] =>
  segments.map((segment, i) => ({ segment, run: runs[i] ?? Number.NaN }))

/** The row with more in it, or others in the place of those that begin at the same time; the first of its minute if there is none. */
export function rowWith(
  row: MinuteRow | undefined,
  { minute, trackId }: Pick<MinuteRow, 'minute' | 'trackId'>,
  added: readonly Recorded[],
): MinuteRow {
  const starts = new Set(added.map(({ segment }) => segment.start))
  const kept = row ? recordedIn(row).filter(({ segment }) => !starts.has(segment.start)) : []
  const all = [...kept, ...added].toSorted((a, b) => a.segment.start - b.segment.start)
  return {
    minute,
    trackId,
    revision: (row?.revision ?? 0) + 1,
    segments: all.map(({ segment }) => segment),
    runs: all.map(({ run }) => run),
  }
}

/** Runs as they are stored: each with how many segments in a row are of it. */
export function printRuns(runs: readonly number[]): string {
  const counted: [number | null, number][] = []
  for (const run of runs) {
    const value = Number.isNaN(run) ? null : run
    const last = counted.at(-1)
    if (last?.[0] === value) last[1]++
    else counted.push([value, 1])
  }
  return JSON.stringify(counted)
}

/** Reads them. */
export const parseRuns = (text: string): readonly number[] =>
  (JSON.parse(text) as [number | null, number][]).flatMap(([run, count]) =>
    Array.from({ length: count }, () => run ?? Number.NaN),
  )
