/** Spans of wall-clock time: what of a channel somebody may see. */
import { type KeySchedule, periodEndMs, periodStart } from './key-periods.ts'

/** From and to in seconds since 1970, the end exclusive. */
export type Span = readonly [from: number, to: number]

/** Spans by content item; what is not named is not limited. */
export type SpansByContent = Readonly<Record<string, readonly Span[]>>

/** In order, those that overlap or touch as one. */
export function joinedSpans(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = []
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1)
    if (last && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)]
    else joined.push([from, to])
  }
  return joined
}

/** Whether some of a key period of the wall clock lies in one of the spans. Of periods of media time none does. */
export function touchesPeriod(spans: readonly Span[], plan: KeySchedule, index: number): boolean {
  if (plan.clock !== 'wall') return false
  const { fromMs } = periodStart(plan, index)
  const endMs = periodEndMs(plan, index) ?? Number.POSITIVE_INFINITY
  // Times before the first era belong to its first period.
  const isFirst = index === plan.eras[0].firstIndex
  // An index its era never came to, as the next one began before: it would start behind its own end.
  if (!isFirst && fromMs >= endMs) return false
  return spans.some(([from, to]) => (isFirst || fromMs < to * 1000) && endMs > from * 1000)
}
