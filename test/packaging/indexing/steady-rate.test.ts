/** The rate at which nobody waits twice (ISO/IEC 23009-1 5.3.5.2). */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withSteadyRate } from '../../../lib/packaging/indexing/steady-rate.ts'

const timescale = 100
const waitSeconds = 2

interface Made {
  readonly sizes: readonly number[]
  readonly headBytes: number
}

/** Segments of samples of 10 ticks, one behind the other. */
function delivered(segments: readonly Made[]) {
  let decodeTime = 0
  return segments.map(({ sizes, headBytes }) => {
    const fragment = {
      decodeTime,
      sizes: Uint32Array.from(sizes),
      durations: new Uint32Array(sizes.length).fill(10),
    }
    decodeTime += 10 * sizes.length
    return { fragment, bytes: headBytes + sizes.reduce((sum, size) => sum + size, 0) }
  })
}

/** By trying every start and every sample. */
function needed(segments: ReturnType<typeof delivered>): number {
  let most = 0
  for (const [i, first] of segments.entries()) {
    let bits = 0
    for (const { fragment, bytes } of segments.slice(i)) {
      bits += 8 * (bytes - fragment.sizes.reduce((sum, size) => sum + size, 0))
      for (const [k, size] of fragment.sizes.entries()) {
        bits += 8 * size
        const seconds = (fragment.decodeTime + 10 * k - first.fragment.decodeTime) / timescale
        most = Math.max(most, bits / (waitSeconds + seconds))
      }
    }
  }
  return Math.ceil(most)
}

const made = fc.array(
  fc.record({
    sizes: fc.array(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 20_000 })), { minLength: 1, maxLength: 40 }),
    headBytes: fc.nat({ max: 500 }),
  }),
  { minLength: 1, maxLength: 12 },
)

describe('the steady rate', () => {
  it('is left out where the peak of whole segments does', () => {
    const even = delivered(
      Array.from({ length: 3 }, () => ({ sizes: Array.from({ length: 60 }, () => 100), headBytes: 100 })),
    )
    expect(withSteadyRate({ peak: 9000, average: 8000 }, even, timescale)).toEqual({
      peak: 9000,
      average: 8000,
    })
  })

  it('is what a key picture takes in the time a player waits, where nearly nothing follows', () => {
    const slides = delivered([{ sizes: [10_000, ...Array.from({ length: 59 }, () => 1)], headBytes: 0 }])
    expect(withSteadyRate({ peak: 13_412, average: 13_412 }, slides, timescale)).toMatchObject({
      steady: 40_000,
    })
  })

  it('is the least that is enough, from every start', () => {
    fc.assert(
      fc.property(made, fc.nat({ max: 100_000 }), (segments, peak) => {
        const all = delivered(segments)
        const { steady = peak } = withSteadyRate({ peak, average: 1 }, all, timescale)
        // Rounded up at each step, it may be a bit a second above.
        expect(steady).toBeGreaterThanOrEqual(Math.max(peak, needed(all)))
        expect(steady).toBeLessThanOrEqual(Math.max(peak, needed(all)) + 1)
      }),
      { numRuns: 300 },
    )
  })
})
