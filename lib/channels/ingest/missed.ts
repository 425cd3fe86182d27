/**
 * Objects that lie in the bucket though nothing told of them. A bucket lists by name, not by time, so none is looked for
 * there as such: but where a segment is missing, the names beside it say what its object would be called.
 */
import type { Segment, Ticks } from '../../timeline/timeline.ts'
import { objectNumber } from './stream-name.ts'

/** Time of a track that nothing has come for. */
export interface Hole {
  readonly from: Ticks
  readonly to: Ticks
}

/** Most objects that are asked for behind one. */
const maxMissed = 10
/** S3 says when in whole seconds, and encoders take their time. */
const allowanceMs = 2000
/** Until so many segments stand behind a hole, what is missing may be on its way. Three, and it is a gap. */
const minBehind = 2

/**
 * The hole that a segment just recorded stands behind, when it is time to look for what is missing; `recorded`: those of
 * its track around it, in the order of time, without it.
 */
export function holeBefore(recorded: readonly Segment[], segment: Segment): Hole | undefined {
  const all = [...recorded, segment].toSorted((a, b) => a.start - b.start)
  const joins = (i: number): boolean => {
    const [before, one] = [all[i - 1], all[i]]
    return before !== undefined && one !== undefined && before.start + before.duration === one.start
  }
  let first = all.indexOf(segment)
  let last = first
  while (joins(first) && last - first < minBehind) first--
  while (joins(last + 1) && last - first < minBehind) last++
  const [before, opens] = [all[first - 1], all[first]]
  if (!before || !opens || joins(first) || opens.discontinuity || last - first + 1 < minBehind)
    return undefined
  return { from: before.start + before.duration, to: opens.start }
}

/**
 * The hole before a track's first segment: at a channel's beginning objects are taken side by side, and one that waits for
 * its init segment comes behind three that follow it, which are shown then.
 */
export const holeAtBeginning = ({ start, duration }: Pick<Segment, 'start' | 'duration'>): Hole => ({
  from: start - maxMissed * duration,
  to: start,
})

/** An object that came, of a track with a hole before it. */
export interface Beside {
  readonly path: string
  /** Wall clock at which its encoder wrote it. */
  readonly writtenMs: number
  readonly timescale: number
  /** Where its track's part of it lies, in ticks of the channel's clock. */
  readonly start: Ticks
  readonly duration: Ticks
  /** Its start as its encoder counts: some name objects so. */
  readonly ownStart: Ticks
}

/** What may lie in the bucket. */
export interface Missed {
  readonly path: string
  /** Epoch milliseconds: what was written before is of another run of its encoder, which used the same names. */
  readonly sinceMs: number
}

/** The objects of a hole by the names they would have, the oldest first; none where names have no number. */
export function missedObjects(
  { path, writtenMs, timescale, start, duration, ownStart }: Beside,
  { from, to }: Hole,
): readonly Missed[] {
  const number = objectNumber(path)
  if (number === undefined) return []
  const step = number === ownStart ? duration : 1
  const nearest = Math.round((start - to) / duration) + 1
  const count = Math.min(maxMissed, Math.max(1, Math.round((to - from) / duration)))
  const segmentMs = (duration * 1000) / timescale
  const sinceMs = writtenMs - (nearest + count + 1) * segmentMs - allowanceMs
  return Array.from({ length: count }, (_, i) => number - (nearest + count - 1 - i) * step)
    .filter((one) => one >= 0)
    .flatMap((one) => namesWith(path, one))
    .map((name) => ({ path: name, sinceMs }))
}

/** A path with another last number: as wide as that was, and, where it may not have been filled up, as it is. */
function namesWith(path: string, number: number): readonly string[] {
  const at = path.lastIndexOf('/') + 1
  const [, head = '', digits = '', tail = ''] =
    /^(.*?)(\d{1,15})(\D*(?:\.[A-Za-z0-9]+)?)$/.exec(path.slice(at)) ?? []
  const names = new Set([String(number).padStart(digits.length, '0')])
  if (!digits.startsWith('0')) names.add(String(number))
  return [...names].map((name) => path.slice(0, at) + head + name + tail)
}
