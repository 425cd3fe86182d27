/** Which key periods a span of time touches. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type KeySchedule, periodAt, periodsBetween } from '../../lib/timeline/key-periods.ts'
import { joinedSpans, type Span, touchesPeriod } from '../../lib/timeline/spans.ts'

const plan: KeySchedule = {
  clock: 'wall',
  eras: [
    { firstIndex: 0, fromMs: 1_000_000 },
    { firstIndex: 1, fromMs: 2_000_000, rotationSeconds: 10 },
    { firstIndex: 500, fromMs: 3_005_000, rotationSeconds: 60 },
  ],
}
const spans = fc.array(
  fc
    .tuple(fc.integer({ min: 500, max: 4000 }), fc.integer({ min: 1, max: 300 }))
    .map(([from, length]): Span => [from, from + length]),
  { minLength: 1, maxLength: 5 },
)

it('are those that run at some time of it, and no others', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 600 }), (some, index) => {
      const running = some.some(([from, to]) =>
        periodsBetween(plan, from * 1000, to * 1000).some((one) => one.index === index),
      )
      const existsAt = index === 0 || (index > 0 && index <= 101) || index >= 500
      expect(touchesPeriod(some, plan, index)).toBe(existsAt && running)
    }),
    // An index behind the last of an era, and a span over the turn to the next.
    { examples: [[[[2765, 3011]], 102]], numRuns: 2000 },
  )
})

it('are none of media time, nor of no span', () => {
  expect(touchesPeriod([[0, 1e9]], { ...plan, clock: 'media' }, 0)).toBe(false)
  expect(touchesPeriod([], plan, 0)).toBe(false)
})

it('are the same when spans are joined, which then lie apart', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 400, max: 4400 }), (some, second) => {
      const joined = joinedSpans(some)
      const holds = (all: readonly Span[]) => all.some(([from, to]) => from <= second && second < to)
      expect(holds(joined)).toBe(holds(some))
      for (const [i, [from]] of joined.entries())
        if (i > 0) expect(from).toBeGreaterThan(joined[i - 1]?.[1] ?? 0)
      expect(touchesPeriod(joined, plan, periodAt(plan, second * 1000).index)).toBe(
        touchesPeriod(some, plan, periodAt(plan, second * 1000).index),
      )
    }),
  )
})
