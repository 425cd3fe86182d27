/** Rows of a track in which the neighbours of a segment may lie. */
import { minuteOf } from '../../timeline/live/head.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { LiveReads, LiveRef } from '../live/store.ts'

/** A segment, and when it is. */
export interface Place {
  readonly ref: LiveRef
  readonly trackId: string
  /** In ticks of the channel's clock. */
  readonly start: number
  readonly track: { readonly timescale: number; readonly duration: number }
}

/** The latest segment may be late by as much. */
const maxLateMinutes = 24 * 60

/** From the minute before to the present: what is late may lie before a new beginning that is far off. */
export async function rowsAround(
  { live, now }: { readonly live: Pick<LiveReads, 'minutes'>; readonly now: () => number },
  { ref, trackId, track: { timescale, duration }, start }: Place,
): Promise<readonly MinuteRow[]> {
  const [from, to] = [minuteOf(start / timescale), minuteOf((start + duration) / timescale) + 1]
  const present = Math.min(minuteOf(now() / 1000) + 1, from + maxLateMinutes)
  const rows = await live.minutes(ref, from - 1, Math.max(to, present))
  return rows.filter((row) => row.trackId === trackId)
}
