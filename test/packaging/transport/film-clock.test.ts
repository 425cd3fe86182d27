/** Where time goes on and where it begins anew, for all streams of a programme together. */
import { describe, expect, it } from 'vitest'
import { FilmClock, type StreamClock } from '../../../lib/packaging/transport/film-clock.ts'

const second = 90_000
const stream = (): StreamClock => ({ part: 0, last: undefined })

/** Stretches by stream: what each was told for times in seconds, in the order they came. */
function partsOf(times: readonly (readonly [name: string, seconds: number])[]) {
  const clock = new FilmClock()
  const streams = new Map<string, StreamClock>()
  const parts = times.map(([name, seconds]) => {
    const own = streams.get(name) ?? stream()
    streams.set(name, own)
    return clock.take(own, seconds * second)
  })
  return { clock, parts }
}

describe('the clock of a film', () => {
  it('begins anew where all streams jump back, and they agree on it however far apart they come', () => {
    const { parts } = partsOf([
      ['video', 10],
      ['audio', 10.5],
      ['audio', 1],
      ['video', 11],
      ['video', 0.6],
    ])
    expect(parts).toEqual([0, 0, 1, 0, 1])
  })

  it('goes on where one stream pauses and others do not', () => {
    const { parts } = partsOf([
      ['video', 0],
      ['audio', 0],
      ...Array.from({ length: 5 }, (_, i) => ['video', 9 * (i + 1)] as const),
      ['audio', 45],
    ])
    expect(new Set(parts)).toEqual(new Set([0]))
  })

  it('begins anew for all where a pause is a jump for one, and just none for another', () => {
    const { parts } = partsOf([
      ['video', 0],
      ['audio', 0.2],
      ['audio', 10.3],
      ['video', 9.9],
      ['audio', 10.4],
    ])
    expect(parts).toEqual([0, 0, 1, 1, 1])
  })

  it('is one where another stream shows that it never jumped', () => {
    const jumps = Array.from({ length: 12 }, (_, i) => ['video', 100 + i] as const)
    const { clock } = partsOf([['video', 0], ['audio', 0], ...jumps, ['audio', 1]])
    expect(clock.parts.map(({ sameAs }) => sameAs)).toEqual([undefined, 0])
  })

  it('is bounded, whatever a stream does', () => {
    const { clock } = partsOf(Array.from({ length: 12_000 }, (_, i) => ['video', -i] as const))
    expect(clock.parts.length).toBeLessThanOrEqual(10_000)
  })
})
