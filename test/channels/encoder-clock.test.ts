/** How the clock of an encoder is placed on the wall clock: restarts, mistakes, drift. */
import { describe, expect, it } from 'vitest'
import { placed, type Timed } from '../../lib/channels/ingest/encoder-clock.ts'
import type { EncoderClock } from '../../lib/channels/live/encoder-run.ts'
import { transportClockSeconds } from '../../lib/packaging/feed/transport-stream.ts'

const beganMs = Date.UTC(2026, 11, 1, 10)

/** A channel whose segments come one by one. */
function channel({ segmentSeconds = 2 } = {}) {
  let clock: EncoderClock = { runs: [] }
  let isFirst = true
  let writes = 0
  return {
    writes: () => writes,
    clock: () => clock,
    /** Seconds since it began at which a segment ends; undefined if it is not believed. */
    segment: (
      endSeconds: number,
      writtenSeconds: number,
      more: Partial<Timed & { isAnew: boolean }> = {},
    ) => {
      const timed = { endSeconds, writtenMs: beganMs + writtenSeconds * 1000, ...more }
      const placing = placed(clock, timed, { segmentSeconds, isFirst, isAnew: more.isAnew ?? false })
      if (placing.clock !== clock) writes++
      clock = placing.clock
      if (placing.kind === 'unproven') return undefined
      isFirst = false
      return endSeconds + placing.addSeconds - beganMs / 1000
    },
  }
}

describe('the clock of an encoder', () => {
  it('is left as it is if it is the wall clock', () => {
    const { segment, writes } = channel()
    for (const seconds of [2, 4, 6]) expect(segment(beganMs / 1000 + seconds, seconds + 50)).toBe(seconds)
    expect(writes()).toBe(0)
  })

  it('goes on for as long as its segments come when they should', () => {
    const { segment, writes } = channel()
    expect(segment(2, 2)).toBe(2)
    expect(segment(600, 609)).toBe(600)
    expect(writes()).toBe(2)
  })

  it('that begins anew is believed when a second segment goes on from the first', () => {
    const { segment } = channel()
    segment(2, 2)
    expect(segment(2, 702)).toBeUndefined()
    // The audio beside it is the same segment.
    expect(segment(2.1, 702)).toBeUndefined()
    expect(segment(4, 704)).toBe(704)
    expect(segment(2, 702)).toBe(702)
  })

  it('is not believed where a time is alone, however often it comes, or again much later', () => {
    const { segment } = channel()
    segment(2, 2)
    for (let i = 0; i < 3; i++) expect(segment(10_804, 4)).toBeUndefined()
    expect(segment(6, 6)).toBe(6)
    expect(segment(11_400, 600)).toBeUndefined()
    expect(segment(602, 602)).toBe(602)
    expect(segment(11_404, 604)).toBe(604)
  })

  it('that restarts soon is believed when two segments are late by the same, where its run before had others', () => {
    const { segment } = channel()
    for (const seconds of [2, 4, 20]) expect(segment(seconds, seconds)).toBe(seconds)
    expect(segment(2, 27, { isAnew: true })).toBeUndefined()
    expect(segment(2.1, 27, { isAnew: true })).toBeUndefined()
    expect(segment(4, 29.1)).toBe(29)
    // The first, and what came of the run before.
    expect(segment(2, 27)).toBe(27)
    expect(segment(18, 18.4)).toBe(18)
    expect(segment(20, 45)).toBe(45)
  })

  it('has not restarted where it sends some again in a burst', () => {
    const { segment } = channel()
    for (const seconds of [2, 4, 6, 8, 10]) segment(seconds, seconds)
    for (const seconds of [6, 8]) expect(segment(seconds, 22, { isAnew: true })).toBeUndefined()
    expect(segment(12, 22)).toBe(12)
    expect(segment(14, 22.2)).toBe(14)
    expect(segment(24, 24)).toBe(24)
  })

  it('keeps in mind a few of what is not believed', () => {
    const { segment, clock } = channel()
    segment(2, 2)
    for (let i = 1; i < 100; i++) segment(i * 5000, 4)
    expect(clock().unproven).toHaveLength(8)
  })
})

describe('drift', () => {
  /** How far media time is from the wall clock, at worst, and the longest step between two segments. */
  function drifting(drift: number, hours: number, more: Partial<Timed> = {}) {
    const { segment, clock } = channel()
    let [worst, step, before] = [0, 0, 0]
    for (let i = 1; i <= hours * 1800; i++) {
      const turn = more.clockSeconds ?? Number.POSITIVE_INFINITY
      const at = segment((2 * i) % turn, 2 * i * (1 + drift), more)
      if (at === undefined) throw new Error(`expected a place for segment ${i}`)
      worst = Math.max(worst, Math.abs(2 * i * (1 + drift) - at))
      step = Math.max(step, Math.abs(at - before - 2))
      before = at
    }
    return { worst, step, runs: clock().runs.length }
  }

  it.each([200e-6, -200e-6])('of %d is followed for two days in steps that nobody sees', (drift) => {
    const { worst, step, runs } = drifting(drift, 48)
    expect(runs).toBe(1)
    expect(worst).toBeLessThan(1.1)
    expect(step).toBeLessThan(0.0031)
  })

  it('is followed over the end of a clock of 33 bits', () => {
    const { worst, step, runs } = drifting(200e-6, 30, { clockSeconds: transportClockSeconds })
    expect(runs).toBe(1)
    expect(worst).toBeLessThan(1.1)
    expect(step).toBeLessThan(0.0031)
  })

  it('of an encoder that counts from 1970 is followed when networks are no longer the reason', () => {
    const { segment, clock } = channel()
    for (let i = 1; i <= 14 * 43_200; i++) {
      const seconds = 2 * i
      const at = segment(beganMs / 1000 + seconds, seconds * (1 + 200e-6))
      if (at === undefined) throw new Error(`expected a place for segment ${i}`)
      if (i % 5000 === 0) expect(Math.abs(seconds * (1 + 200e-6) - at)).toBeLessThan(61)
    }
    expect(clock().runs.map(({ addSeconds }) => addSeconds)).toEqual([0])
    expect(clock().runs[0]?.moves?.length).toBeLessThanOrEqual(40)
  })

  it('moves a segment by the same, whenever and however often it comes', () => {
    const { segment } = channel()
    const places = new Map<number, number | undefined>()
    for (let i = 1; i < 20_000; i++) {
      places.set(i, segment(2 * i, 2 * i * (1 + 200e-6)))
      // Any of the last thirty seconds, from the other pipeline.
      const late = i - (i % 15)
      if (late > 0) expect(segment(2 * late, 2 * late * (1 + 200e-6) + 0.4)).toBe(places.get(late))
    }
  })

  it('is not what a network is that stands still for a while', () => {
    const { segment } = channel()
    for (let i = 1; i <= 100; i++) segment(2 * i, 2 * i)
    for (let i = 101; i <= 110; i++) segment(2 * i, 222)
    for (let i = 111; i <= 1000; i++) segment(2 * i, 2 * i)
    expect(segment(2002, 2002)).toBeCloseTo(2002, 1)
  })
})
