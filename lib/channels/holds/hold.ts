/** Holds: ranges of a channel that are kept for longer than its window, for a film or a recording. */
import { hourOf } from '../../timeline/live/head.ts'

/** A range somebody wants to keep; times in milliseconds since 1970. */
export interface Hold {
  /** Of who wants it, within its channel: `programmes/evening`. */
  readonly id: string
  /** Of the channel's life. */
  readonly version: string
  readonly fromMs: number
  readonly toMs: number
  readonly untilMs: number
}

/** Hours since 1970, both included. */
export interface Hours {
  readonly from: number
  readonly to: number
}

/** Hours that a hold needs: a break may have begun in the one before it. */
export const hoursHeld = ({ fromMs, toMs }: Pick<Hold, 'fromMs' | 'toMs'>): Hours => ({
  from: hourOf(fromMs / 1000) - 1,
  to: hourOf(toMs / 1000),
})

/** A range of one life of a channel. */
export type HeldRange = Pick<Hold, 'version' | 'fromMs' | 'toMs'>

/** Whether one of some holds covers a range, and is in force. */
export const covers = (
  holds: readonly Hold[],
  { version, fromMs, toMs }: HeldRange,
  nowMs: number,
): boolean =>
  holds.some(
    (one) => one.version === version && one.untilMs > nowMs && one.fromMs <= fromMs && one.toMs >= toMs,
  )

/** Until when a range is held, of what overlaps with it; 0 if nothing does. */
export const heldUntil = (holds: readonly Hold[], { fromMs, toMs }: Pick<Hold, 'fromMs' | 'toMs'>): number =>
  holds.reduce(
    (until, one) => (one.fromMs < toMs && one.toMs > fromMs ? Math.max(until, one.untilMs) : until),
    0,
  )
