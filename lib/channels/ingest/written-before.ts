/**
 * Segments whose objects are written and whose rows are not: their writers lose to others for a while, or ended between
 * the two. Before a hole is held to be one, whoever looks records what lies in it.
 */
import { admitted } from '../../timeline/live/admit.ts'
import { type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import { type MinuteRow, type Recorded, rowWith } from '../live/minute-row.ts'
import { patienceSegments } from './holes.ts'
import type { FeedPorts } from './ports.ts'

/** Objects that one look asks for. */
const maxLookups = 40

/** What is looked through. */
export interface Looked {
  readonly head: LiveHead
  readonly rows: readonly MinuteRow[]
  /** Each track's last sealed segment, by its id. */
  readonly sealed?: ReadonlyMap<string, Segment>
}

/** Records what lies in the first hole of each track, or behind its end. */
export async function recordWritten(
  { live, facts }: Pick<FeedPorts, 'live' | 'facts'>,
  { head, rows, sealed }: Looked,
): Promise<void> {
  for (const { id, timescale } of head.tracks) {
    const own = rows.filter(({ trackId }) => trackId === id).toSorted((a, b) => a.minute - b.minute)
    const last = sealed?.get(id)
    const segments = [...(last ? [last] : []), ...own.flatMap((row) => row.segments)]
    const find = async (number: number) =>
      facts(liveObjects(head.id, head.version, id) + segmentFile(number, 0))
    const found = await foundIn(segments, find)
    for (const [minute, added] of Map.groupBy(found, ({ segment }) => minuteOf(segment.start / timescale))) {
      const row = own.find((one) => one.minute === minute)
      if (!(await live.putMinute(head, rowWith(row, { minute, trackId: id }, added)))) break
    }
  }
}

/** One begins where the one before it ends; where none does, the next is looked for at the usual distance. */
async function foundIn(
  segments: readonly Segment[],
  find: (number: number) => Promise<FactsOf | undefined>,
): Promise<readonly Recorded[]> {
  const hole = segments.findIndex((one, i) => {
    const before = segments[i - 1]
    return before && !one.discontinuity && one.start !== before.start + before.duration
  })
  const before = hole < 0 ? segments.at(-1) : segments[hole - 1]
  const end = segments[hole]?.start ?? Number.POSITIVE_INFINITY
  if (!before) return []
  const found: Recorded[] = []
  let known = segments
  let at = before.start + before.duration
  for (let lookup = 0; lookup < maxLookups; lookup++) {
    if (at >= end) break
    const facts = await find(at)
    if (!facts && !Number.isFinite(end)) break
    const candidate = facts && segmentAt(at, facts)
    const admission = candidate && admitted(known, candidate, { tolerance: 0 })
    if (admission?.kind === 'new') {
      known = [...known, admission.segment].toSorted((a, b) => a.start - b.start)
      found.push({ segment: admission.segment, run: Number(facts?.['run'] ?? Number.NaN) })
    }
    at += admission?.kind === 'new' ? admission.segment.duration : before.duration
  }
  return found
}

/**
 * Whether what came meanwhile lies further behind the end of its track than holes are left open for: behind an outage of
 * ours all comes at once, in any order. Whoever comes last finds what is missing then, or the clock does.
 */
export function isBeingFilled(
  { tracks, segmentSeconds }: LiveHead,
  before: readonly MinuteRow[],
  after: readonly MinuteRow[],
): boolean {
  return tracks.some(({ id, timescale }) => {
    const startsOf = (rows: readonly MinuteRow[]): readonly number[] =>
      rows.flatMap(({ trackId, segments }) => (trackId === id ? segments.map(({ start }) => start) : []))
    const known = new Set(startsOf(before))
    const late = Math.max(...known) - patienceSegments * segmentSeconds * timescale
    return startsOf(after).some((start) => start < late && !known.has(start))
  })
}

type FactsOf = Readonly<Record<string, string>>

/** The segment that an object says it is; undefined if it does not. */
function segmentAt(start: number, { duration, bytes, config, sync }: FactsOf): Segment | undefined {
  if (duration === undefined || config === undefined) return undefined
  return {
    number: start,
    cut: 0,
    start,
    duration: Number(duration),
    bytes: Number(bytes),
    configId: config,
    sync: sync === 'true',
    gap: 'none',
    discontinuity: false,
  }
}
