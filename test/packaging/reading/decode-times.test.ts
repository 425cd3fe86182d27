/** Pictures in any order: shown when they were, decoded in order and never later than shown. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedInTime } from '../../../lib/packaging/indexing/decode-times.ts'

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

/** Pictures that last alike or not, shown in any order from the segment's begin on, decoded in step or not. */
const segment = fc.integer({ min: 1, max: 40 }).chain((count) =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count, maxLength: count },
    ),
    lengths: fc.oneof(
      fc.integer({ min: 1, max: 4000 }).map((ticks) => Array.from({ length: count }, () => ticks)),
      fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: count, maxLength: count }),
    ),
    late: fc.integer({ min: -4000, max: 4000 }),
  }),
)

describe('decode times', () => {
  it('give way within the segment, presentation times stay', () => {
    fc.assert(
      fc.property(segment, ({ order, lengths, late }) => {
        const begins = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, one) => sum + one, 0))
        const length = lengths.reduce((sum, one) => sum + one, 0)
        const shown = order.map((shownAs) => begins[shownAs] ?? 0)
        const durations = Uint32Array.from(lengths)
        const offsets = Int32Array.from(shown, (time, i) => time - (begins[i] ?? 0) - late)
        const reorder = Math.max(0, ...offsets.map((offset) => -offset))
        const { samples, total } = timesOf(decodedInTime({ durations, offsets }, { reorder, late, length }))
        expect(samples.map((sample) => sample.shown)).toEqual(shown)
        expect(total).toBe(length)
        expect(samples.filter((sample) => sample.decoded > sample.shown)).toEqual([])
      }),
    )
  })

  it('of pictures that are not reordered stay', () => {
    const times = { durations: Uint32Array.of(512, 512), offsets: undefined }
    expect(decodedInTime(times, { reorder: 1024, late: 0, length: 1024 })).toEqual(times)
  })
})
