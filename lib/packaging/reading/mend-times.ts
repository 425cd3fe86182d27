/** Times of a track that can not be meant: mended where players mend them, else refused. */
import { HeadendError } from '../../errors.ts'
import type { SampleTable } from '../../formats/isobmff/index.ts'

/** What is known of the track's times. */
export interface TrackClock {
  readonly trackId: number
  readonly timescale: number
  /** Ticks of the longest track, as any header says; 0 where none does. */
  readonly longest: number
  /** Some of its samples lie in fragments, of which the headers may say nothing. */
  readonly fragmented: boolean
}

/** A sample this long in a film that does not say how long it is, is none. */
const maxSeconds = 3600
/** So much may run back: beyond it there are two recordings in one. */
const maxBackSeconds = 1
/** Where more of the times are wrong, nobody knows what the others are worth. */
const maxShare = 0.5
/** A length this close to 2^32 is a negative number that was written as if unsigned; FFmpeg draws the line here. */
const firstNegative = 2 ** 32 - 480_000

const mendedCode = 'MP4_TIMES_MENDED'

/** Whether lengths of samples were mended: then they do not tell how many pictures a second has. */
export const hasMendedTimes = ({ repairs = [] }: SampleTable): boolean =>
  repairs.some(({ code }) => code === mendedCode)

/** The same table where nothing is wrong; throws MP4_TIMES_ABSURD or MP4_FRAGMENT_ORDER for what can not be mended. */
export function mendTimes(table: SampleTable, clock: TrackClock): SampleTable {
  const { timescale, longest, fragmented } = clock
  const { count, decodeTimes, repairs = [] } = table
  const hour = maxSeconds * timescale
  const room = longest > 0 && !fragmented ? longest : Math.max(hour, longest)
  if (!fragmented) signLengths(decodeTimes)
  const back = putInOrder(decodeTimes, clock)
  const isCut = cutLast(decodeTimes, room)
  const wrong = Math.max(back, isCut ? 1 : 0)
  if (wrong > maxShare * count + 1) throw absurd(clock, `${wrong} of ${count} that do not`)
  expectWithin(table, clock, room)
  if (wrong === 0) return table
  const reason =
    `expected samples that follow one another within the film, got ${wrong} of ${count} that do not; ` +
    'those that come too early are shown right behind the ones before them, a last one that is too long is cut'
  return { ...table, repairs: [...repairs, { code: mendedCode, reason }] }
}

/** Reads lengths below 0 as what they are. */
function signLengths(times: Float64Array): void {
  let before = times[0] ?? 0
  let off = 0
  for (let i = 1; i < times.length; i++) {
    const time = times[i] ?? 0
    if (time - before >= firstNegative) off += 2 ** 32
    before = time
    times[i] = time - off
  }
}

/**
 * What is to be decoded before the sample in front of it is decoded one tick behind that, until the times have come
 * up again: FFmpeg does the same. Says how many there were.
 */
function putInOrder(times: Float64Array, { trackId, timescale, fragmented }: TrackClock): number {
  let back = 0
  let before = times[0] ?? 0
  let reached = before
  let lateTicks = 0
  for (let i = 1; i < times.length; i++) {
    const time = times[i] ?? 0
    const length = time - before
    before = time
    if (time > reached || (length === 0 && time === reached)) {
      reached = time
      lateTicks = 0
      continue
    }
    back++
    lateTicks += Math.max(0, length)
    if (lateTicks > maxBackSeconds * timescale)
      throw new HeadendError(
        fragmented ? 'MP4_FRAGMENT_ORDER' : 'MP4_TIMES_ABSURD',
        `track ${trackId}: expected samples in the order of their times, got ${time} after ${reached} at sample ${i + 1}; ` +
          'upload each recording as a film of its own',
      )
    reached += i < times.length - 1 ? 1 : defaultLength(times)
    times[i] = reached
  }
  return back
}

/** Nothing follows the last sample: whatever it says, it lasts as long as the others do. */
function cutLast(times: Float64Array, room: number): boolean {
  const last = times.length - 1
  const start = times[last - 1] ?? 0
  if (last < 2 || (times[last] ?? 0) - start <= room) return false
  times[last] = start + defaultLength(times)
  return true
}

/** Of all but the last. */
function defaultLength(times: Float64Array): number {
  const others = times.length - 2
  return others < 1 ? 1 : Math.max(1, Math.round(((times[others] ?? 0) - (times[0] ?? 0)) / others))
}

/** No sample lasts longer than the film, or is shown so long before or after it is decoded. */
function expectWithin(
  { count, decodeTimes, compositionOffsets }: SampleTable,
  clock: TrackClock,
  room: number,
): void {
  const { timescale } = clock
  const furthest = Math.max(room, maxSeconds * timescale)
  for (let i = 0; i < count; i++) {
    const length = (decodeTimes[i + 1] ?? 0) - (decodeTimes[i] ?? 0)
    if (length > room && count > 1) throw absurd(clock, `one of ${length / timescale} s at sample ${i + 1}`)
    const offset = compositionOffsets?.[i] ?? 0
    if (Math.abs(offset) > furthest)
      throw absurd(clock, `one shown ${offset / timescale} s after it is decoded at sample ${i + 1}`)
  }
}

const absurd = ({ trackId }: TrackClock, got: string): HeadendError =>
  new HeadendError(
    'MP4_TIMES_ABSURD',
    `track ${trackId}: expected samples that follow one another within the film, got ${got}; write the film anew`,
  )
