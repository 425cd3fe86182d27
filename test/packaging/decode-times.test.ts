/** Pictures in any order: shown when they were, decoded in order and never later than shown. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedInTime } from '../../lib/packaging/decode-times.ts'

/** Decode and presentation times of a segment, and how long it is. */
function timesOf({ durations, offsets }: ReturnType<typeof decodedInTime>) {
  let at = 0
  const samples = Array.from(durations, (duration, i) => {
    const decoded = at
    at += duration
    return { decoded, shown: decoded + (offsets?.[i] ?? 0) }
  })
  return { samples, total: at }
}

/** Pictures of one length, shown in any order from the segment's begin on. */
const segment = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count, maxLength: count },
    ),
    ticks: fc.integer({ min: 1, max: 4000 }),
  }),
)

describe('decode times', () => {
  it('give way within the segment, presentation times stay', () => {
    fc.assert(
      fc.property(segment, ({ order, ticks }) => {
        const durations = new Uint32Array(order.length).fill(ticks)
        const offsets = Int32Array.from(order, (shownAs, i) => (shownAs - i) * ticks)
        const reorder = Math.max(0, ...offsets.map((offset) => -offset))
        const before = timesOf({ durations, offsets })
        const { samples, total } = timesOf(decodedInTime({ durations, offsets }, reorder))
        expect(samples.map(({ shown }) => shown)).toEqual(before.samples.map(({ shown }) => shown))
        expect(total).toBe(before.total)
        expect(samples.filter(({ decoded, shown }) => decoded > shown)).toEqual([])
      }),
    )
  })

  it('of pictures that are not reordered stay', () => {
    const times = { durations: Uint32Array.of(512, 512), offsets: undefined }
    expect(decodedInTime(times, 1024)).toEqual(times)
  })
})
