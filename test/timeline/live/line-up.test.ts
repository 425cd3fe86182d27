import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitted } from '../../../lib/timeline/live/admit.ts'
import { decodeLiveColumns, encodeLiveColumns } from '../../../lib/timeline/live/columns.ts'
import { linedUp, type RecordedTrack } from '../../../lib/timeline/live/line-up.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'

const epoch = 1_796_000_000

const segmentAt = (start: number, duration: number, rest: Partial<Segment> = {}): Segment => ({
  number: start,
  cut: 0,
  start,
  duration,
  bytes: 1000,
  configId: 'v',
  sync: true,
  gap: 'none',
  discontinuity: false,
  ...rest,
})

/** Tracks of a channel: video of 2 s, audio whose segments end at the frame nearest to that. */
function channel(count: number): readonly RecordedTrack[] {
  const video = Array.from({ length: count }, (_, i) => segmentAt((epoch + 2 * i) * 90_000, 180_000))
  const frames = (i: number): number => Math.round(((epoch + 2 * i) * 48_000) / 1024) * 1024
  const audio = Array.from({ length: count }, (_, i) =>
    segmentAt(frames(i), frames(i + 1) - frames(i), { configId: 'a' }),
  )
  return [
    { id: 'video-1', timescale: 90_000, segments: video },
    { id: 'audio-2', timescale: 48_000, segments: audio },
  ]
}

const how = { leadIn: 3, segmentSeconds: 2 }
const published = (tracks: readonly RecordedTrack[]) => linedUp(tracks, how).segments

describe('what is published', () => {
  it('is nothing until each track has a few segments, for at the start they come one by one', () => {
    const [video, audio] = channel(5)
    if (!video || !audio) throw new Error('two tracks')
    const few = { ...audio, segments: audio.segments.slice(0, 2) }
    expect([...published([video, few]).values()].flat()).toEqual([])
    expect(published([video, audio]).get('video-1')).toHaveLength(5)
  })

  it('takes nothing back for a track that joins later, and has a discontinuity of all tracks where it does', () => {
    const [video, audio] = channel(12)
    if (!video || !audio) throw new Error('two tracks')
    const late = { ...audio, id: 'audio-3', fromSeconds: epoch + 12 }
    let before = 0
    for (let count = 1; count <= 12; count++)
      for (let extra = 1; extra <= count; extra++) {
        const now = [video, audio].map((one) => ({ ...one, segments: one.segments.slice(0, count) }))
        // It has come since the third segment, as far as it has.
        const joined = { ...late, segments: late.segments.slice(3, 3 + extra) }
        const shown = published([...now, joined]).get('video-1') ?? []
        if (extra === count) {
          expect(shown.length).toBeGreaterThanOrEqual(before)
          before = shown.length
        }
        expect(shown.flatMap(({ start, discontinuity }) => (discontinuity ? [start / 90_000] : []))).toEqual(
          shown.length > 6 ? [epoch + 12] : [],
        )
        expect(published([...now, joined]).get('audio-3') ?? []).toHaveLength(Math.max(0, shown.length - 6))
      }
    expect(before).toBe(12)
  })

  it('ends where a track has a hole, in all tracks alike', () => {
    const [video, audio] = channel(8)
    if (!video || !audio) throw new Error('two tracks')
    const holed = { ...audio, segments: audio.segments.filter((_, i) => i !== 5) }
    const shown = published([video, holed])
    expect(shown.get('video-1')).toHaveLength(5)
    expect(shown.get('audio-2')).toHaveLength(5)
  })

  it('goes on over a gap that was recorded, and over a new beginning', () => {
    const [video, audio] = channel(8)
    if (!video || !audio) throw new Error('two tracks')
    const gap = audio.segments.map((one, i) => (i === 5 ? { ...one, gap: 'missing' as const } : one))
    expect(published([video, { ...audio, segments: gap }]).get('video-1')).toHaveLength(8)
    const later = (one: Segment, by: number, i: number): Segment =>
      i < 4 ? one : { ...one, start: one.start + by, number: one.number + by, discontinuity: i === 4 }
    const jumped = [
      { ...video, segments: video.segments.map((one, i) => later(one, 90_000 * 60, i)) },
      { ...audio, segments: audio.segments.map((one, i) => later(one, 48_000 * 60, i)) },
    ]
    const shown = published(jumped)
    for (const segments of shown.values()) {
      expect(segments).toHaveLength(8)
      expect(segments.map(({ discontinuity }) => discontinuity).indexOf(true)).toBe(4)
    }
  })

  it('has a discontinuity in all tracks where one of them changes its config, and only there', () => {
    const [video, audio] = channel(8)
    if (!video || !audio) throw new Error('two tracks')
    const changed = video.segments.map((one, i) => (i < 3 ? one : { ...one, configId: 'w' }))
    for (const segments of published([{ ...video, segments: changed }, audio]).values())
      expect(segments.flatMap(({ discontinuity }, i) => (discontinuity ? [i] : []))).toEqual([3])
  })

  it('is never taken back or changed, in whatever order segments come', () => {
    const whole = channel(40)
    const arrivals = whole.flatMap(({ id, segments }) => segments.map((segment) => ({ id, segment })))
    const order = fc.shuffledSubarray(arrivals, { minLength: arrivals.length, maxLength: arrivals.length })
    fc.assert(
      fc.property(order, (shuffled) => {
        // At the start all tracks are there, as at a channel that runs.
        const state = new Map(whole.map(({ id, segments }) => [id, segments.slice(0, 3)]))
        let before = new Map<string, readonly Segment[]>()
        for (const { id, segment } of shuffled) {
          const recorded = state.get(id) ?? []
          const admission = admitted(recorded, segment, { tolerance: 100 })
          if (admission.kind === 'new')
            state.set(
              id,
              [...recorded, admission.segment].toSorted((a, b) => a.start - b.start),
            )
          const now = published(whole.map((track) => ({ ...track, segments: state.get(track.id) ?? [] })))
          for (const [track, shown] of before) expect(now.get(track)?.slice(0, shown.length)).toEqual(shown)
          before = new Map(now)
        }
        for (const { id, segments } of whole) expect(before.get(id)).toEqual(segments)
      }),
      { numRuns: 25 },
    )
  })
})

describe('a segment that arrives', () => {
  const [first, second, third] = [segmentAt(0, 100), segmentAt(100, 100), segmentAt(200, 100)]

  it('is known if it came before, also from the other pipeline some ticks later', () => {
    expect(admitted([first, second], second, { tolerance: 5 })).toEqual({ kind: 'known', segment: second })
    expect(admitted([first, second], segmentAt(103, 100), { tolerance: 5 })).toEqual({
      kind: 'known',
      segment: second,
    })
  })

  it('begins where the one before ends, and ends where the next begins', () => {
    const loose = segmentAt(102, 95)
    expect(admitted([first, third], loose, { tolerance: 5 })).toEqual({ kind: 'new', segment: second })
    expect(admitted([first], loose, { tolerance: 5 })).toEqual({ kind: 'new', segment: segmentAt(100, 97) })
  })

  it('lasts longer where what its frames last is not known: so far, on both sides together, and no further', () => {
    const late = segmentAt(130, 60)
    const latitude = { tolerance: 5, stretch: 40 }
    expect(admitted([first, third], late, latitude)).toEqual({ kind: 'new', segment: second })
    expect(admitted([first, third], late, { tolerance: 5, stretch: 39 })).toEqual({
      kind: 'new',
      segment: segmentAt(100, 90),
    })
    expect(admitted([first, third], late, { tolerance: 5, stretch: 29 })).toEqual({
      kind: 'new',
      segment: segmentAt(130, 70),
    })
  })

  it('is too late before what is published, and in time while nothing is', () => {
    expect(admitted([second, third], first, { tolerance: 5 })).toEqual({ kind: 'new', segment: first })
    expect(admitted([second, third, segmentAt(300, 100)], first, { tolerance: 5 })).toEqual({
      kind: 'late',
      neighbour: second,
    })
  })

  it('is no part of a track whose segments it runs into', () => {
    expect(admitted([first, third], segmentAt(120, 120), { tolerance: 5 })).toEqual({
      kind: 'overlap',
      by: 40,
      neighbour: third,
    })
  })
})

it('comes back from its columns as it was, with its sizes or without', () => {
  const segment = fc.record({
    step: fc.integer({ min: 0, max: 3 }),
    duration: fc.integer({ min: 1, max: 4 }),
    bytes: fc.nat(1e7),
    configId: fc.constantFrom('a', 'b'),
    sync: fc.boolean(),
    gap: fc.constantFrom('none' as const, 'missing' as const),
    discontinuity: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), (steps) => {
      let at = epoch * 90_000
      const segments = steps.map(({ step, duration, ...rest }) => {
        const start = at + step
        at = start + duration
        return segmentAt(start, duration, rest)
      })
      const columns = JSON.parse(JSON.stringify(encodeLiveColumns(segments)))
      expect(
        decodeLiveColumns(
          columns,
          segments.map(({ bytes }) => bytes),
        ),
      ).toEqual(segments)
      expect(decodeLiveColumns(columns)).toEqual(segments.map((one) => ({ ...one, bytes: 0 })))
    }),
  )
})
