/**
 * Splits time at segment boundaries and wherever the visible text changes (ISO/IEC 14496-30 6.6: samples do not
 * overlap).
 */
import { HeadendError } from '../../errors.ts'

/** A time range in ticks. */
export interface Timed {
  readonly from: number
  readonly to: number
}

/** A time range over which the same items are shown, given as indexes into the list, in its order. */
export interface TextSpan extends Timed {
  readonly shown: readonly number[]
}

/** Limit of repetitions: a text shown over thousands of others would be repeated with each of them. */
const maxShown = 2_000_000

/**
 * The spans that fill each segment between two boundaries. Items are ordered by start; those outside all segments are
 * dropped. Throws TEXT_OVERLAP if too much is shown at once.
 */
export function spansOf(things: readonly Timed[], boundaries: readonly number[]): TextSpan[][] {
  const start = boundaries[0] ?? 0
  const end = boundaries.at(-1) ?? 0
  const within = (time: number): boolean => time > start && time < end
  const times = new Set(boundaries)
  for (const { from, to } of things) for (const time of [from, to]) if (within(time)) times.add(time)
  const points = Float64Array.from(times).toSorted()
  const segments: TextSpan[][] = []
  let next = 0
  let shown: number[] = []
  let total = 0
  for (const [i, from] of points.entries()) {
    const to = points[i + 1]
    if (to === undefined) break
    if (from === boundaries[segments.length]) segments.push([])
    shown = shown.filter((one) => (things[one]?.to ?? 0) > from)
    for (; (things[next]?.from ?? Number.POSITIVE_INFINITY) <= from; next++)
      if ((things[next]?.to ?? 0) > from) shown.push(next)
    total += shown.length
    if (total > maxShown)
      throw new HeadendError(
        'TEXT_OVERLAP',
        `expected subtitles of which few are shown at once, got more than ${maxShown} that overlap`,
      )
    segments.at(-1)?.push({ from, to, shown })
  }
  return segments
}
