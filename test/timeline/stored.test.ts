import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHead, decodeTimeline, encodeTimeline, partsOf } from '../../lib/timeline/stored.ts'
import type { Segment, Timeline } from '../../lib/timeline/timeline.ts'
import { segmentsOf, timelineOf, trackOf } from '../delivery/timelines.ts'

const read = ({ head, parts }: ReturnType<typeof encodeTimeline>): Timeline =>
  decodeTimeline(decodeHead(head), new Map(parts.map(({ name, text }) => [name, text])))

const anySegment: fc.Arbitrary<Segment> = fc.record(
  {
    number: fc.nat(),
    cut: fc.constantFrom(0, 0, 0, 1, 2),
    start: fc.integer({ min: 0, max: 2 ** 50 }),
    duration: fc.nat(),
    bytes: fc.nat(),
    configId: fc.constantFrom('a', 'b'),
    sync: fc.boolean(),
    gap: fc.constantFrom('none' as const, 'none' as const, 'missing' as const, 'filled' as const),
    discontinuity: fc.boolean(),
    tags: fc.array(fc.string(), { minLength: 1, maxLength: 2 }),
    uri: fc.webUrl(),
  },
  {
    requiredKeys: ['number', 'cut', 'start', 'duration', 'bytes', 'configId', 'sync', 'gap', 'discontinuity'],
  },
)

describe('a stored timeline', () => {
  it('is the timeline again, whatever its segments are', () => {
    fc.assert(
      fc.property(fc.array(anySegment, { minLength: 1, maxLength: 40 }), (segments) => {
        const timeline = timelineOf('vod/film', { tracks: [trackOf('video-1', 'video', { segments })] })
        expect(read(encodeTimeline(timeline))).toEqual(timeline)
      }),
    )
  })

  it('is read page by page, with the counts of what lies before', () => {
    const segments = segmentsOf(3000, 540_000).map((one) => ({
      ...one,
      discontinuity: one.number % 1000 === 0,
    }))
    const timeline = timelineOf('vod/film', { tracks: [trackOf('video-1', 'video', { segments })] })
    const { head, parts } = encodeTimeline(timeline)
    const names = partsOf(decodeHead(head), ['video-1'])
    expect(names).toEqual(['pages/0.json', 'pages/1.json', 'pages/2.json'])
    const last = parts.filter(({ name }) => name === 'pages/2.json')
    const [track] = decodeTimeline(
      decodeHead(head),
      new Map(last.map(({ name, text }) => [name, text])),
    ).tracks
    expect(track?.before).toEqual({
      segments: 2400,
      discontinuities: 2,
      run: { number: 2000, cut: 0, start: 1999 * 540_000 },
    })
    expect(track?.segments).toEqual(segments.slice(2400))
  })

  it('keeps an overlay apart from the pages, under its revision', () => {
    const timeline = timelineOf('vod/film')
    const marked: Timeline = {
      ...timeline,
      overlays: {
        ...timeline.overlays,
        markers: { revision: 3, entries: [{ id: 'm', at: 90_000, kind: 'break' }] },
      },
    }
    const [plain, late] = [encodeTimeline(timeline), encodeTimeline(marked)]
    expect(late.parts.filter(({ name }) => name.startsWith('pages/'))).toEqual(plain.parts)
    expect(late.parts.map(({ name }) => name)).toContain('overlays/markers-3.json')
    expect(read(late)).toEqual(marked)
  })

  it('is refused in a format this version does not know', () => {
    expect(() => decodeHead('{"format":"headend-timeline/9"}')).toThrow(
      expect.objectContaining({ code: 'TIMELINE_FORMAT' }),
    )
  })

  it('is refused when an overlay it names can not be read: it may hold the keys', () => {
    const timeline = timelineOf('vod/film')
    const { head } = encodeTimeline({
      ...timeline,
      overlays: { ...timeline.overlays, keyPeriods: { revision: 1, entries: [] } },
    })
    expect(() => decodeTimeline(decodeHead(head), new Map())).toThrow(
      expect.objectContaining({ code: 'TIMELINE_PART' }),
    )
  })

  it('stays small: four hours of picture and sound fit into 60 KB', () => {
    const timeline = timelineOf('vod/film', {
      tracks: [
        trackOf('video-1', 'video', {
          segments: segmentsOf(2400, 540_000).map((one, i) => ({ ...one, bytes: 4_000_000 + i })),
        }),
        trackOf('audio-2', 'audio', {
          segments: segmentsOf(2400, 288_000).map((one, i) => ({ ...one, bytes: 96_000 + i })),
        }),
      ],
    })
    const { head, parts } = encodeTimeline(timeline)
    expect(head.length + parts.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(60_000)
  })
})
