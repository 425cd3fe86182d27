/** Repairs implausible sample times as players do, else refuses them. */
import { HeadendError } from '../../errors.ts'
import type { SampleTable } from '../../formats/isobmff/index.ts'

/** Known facts about the track's times. */
export interface TrackClock {
  readonly trackId: number
  readonly timescale: number
  /** Ticks of the longest track according to any header; 0 if none states it. */
  readonly longest: number
  /** Some of its samples lie in fragments, which the headers may not cover. */
  readonly fragmented: boolean
}

/** Maximum sample duration in a film that does not state its own. */
const maxSeconds = 3600
/** Maximum by which times may run backwards: beyond it the file joins two recordings. */
const maxBackSeconds = 1
/** If a larger share of the times is wrong, the others can not be trusted. */
const maxShare = 0.5
/** A duration this close to 2^32 is a negative number written as unsigned; FFmpeg uses the same limit. */
const firstNegative = 2 ** 32 - 480_000

const mendedCode = 'MP4_TIMES_MENDED'

/** Whether sample durations were repaired: then they do not give the frame rate. */
export const hasMendedTimes = ({ repairs = [] }: SampleTable): boolean =>
  repairs.some(({ code }) => code === mendedCode)

/** The same table if nothing is wrong; throws MP4_TIMES_ABSURD or MP4_FRAGMENT_ORDER for times beyond repair. */
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

/** Restores negative durations. */
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
 * Moves a sample that would be decoded before its predecessor to one tick after it, until the times have caught up, as
 * FFmpeg does. Returns the number of samples moved.
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

/** Limits the last sample, which nothing follows: one that is too long gets the average duration of the others. */
function cutLast(times: Float64Array, room: number): boolean {
  const last = times.length - 1
  const start = times[last - 1] ?? 0
  if (last < 2 || (times[last] ?? 0) - start <= room) return false
  times[last] = start + defaultLength(times)
  return true
}

/** Average duration of all samples but the last. */
function defaultLength(times: Float64Array): number {
  const others = times.length - 2
  return others < 1 ? 1 : Math.max(1, Math.round(((times[others] ?? 0) - (times[0] ?? 0)) / others))
}

/** Throws if a sample lasts longer than the film, or its composition offset is as large. */
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
