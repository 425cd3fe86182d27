/** How objects of a feed find their stream, their place on the wall clock, and what becomes of those that never came. */
import { describe, expect, it } from 'vitest'
import { resolveHoles } from '../../lib/channels/ingest/holes.ts'
import { initFor, streamOf } from '../../lib/channels/ingest/stream-name.ts'
import type { MinuteRow } from '../../lib/channels/live/minute-row.ts'
import { tailOf } from '../../lib/channels/live/tail.ts'
import { askedWindow, windowOf } from '../../lib/channels/source/window.ts'
import type { LiveHead } from '../../lib/timeline/live/head.ts'
import { hourTrack, parseHour, printHour } from '../../lib/timeline/live/hour.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'

describe('names of a feed', () => {
  it.each([
    ['chunk-stream0-00007.m4s', 'chunk-stream0-00008.m4s', true],
    ['chunk-stream0-00007.m4s', 'chunk-stream1-00007.m4s', false],
    ['video/896605655.cmfv', 'video/896605656.cmfv', true],
    ['video/1.cmfv', 'audio/1.cmfv', false],
    ['720p/seg_1.m4s', '1080p/seg_1.m4s', false],
    ['seg_720p_1.m4s', 'seg_1080p_1.m4s', false],
    ['index9.m4s', 'index10.m4s', true],
    // FFmpeg's -strftime 1, -strftime_mkdir 1 and second_level_segment_index: a time is no part of a stream's name.
    ['seg_2026-12-02_23-59-59.ts', 'seg_2026-12-03_00-00-01.ts', true],
    ['seg-20261202-235959.ts', 'seg-20261203-000001.ts', true],
    ['live-20261202T235959.ts', 'live-20261203T000001.ts', true],
    ['live-20261202235959.ts', 'live-20261203000001.ts', true],
    ['live-1796255999-0007.ts', 'live-1796256001-0008.ts', true],
    ['2026/12/02/23/seg_59.ts', '2026/12/03/00/seg_00.ts', true],
    ['720p/2026-12-02/seg_59.ts', '1080p/2026-12-02/seg_59.ts', false],
    ['v1_2026-12-02_23-59-59.ts', 'v2_2026-12-02_23-59-59.ts', false],
    ['v1_20261202_00007.ts', 'v2_20261202_00007.ts', false],
    ['seg_2026_1.ts', 'seg_2027_1.ts', false],
  ])('%s and %s are of one stream: %s', (one, other, same) => {
    expect(streamOf(one) === streamOf(other)).toBe(same)
  })

  it.each([
    ['chunk-stream1-00007.m4s', ['init-stream0.m4s', 'init-stream1.m4s'], 'init-stream1.m4s'],
    ['video/7.cmfv', ['video/init.cmfv', 'audio/init.cmfa'], 'video/init.cmfv'],
    ['index7.m4s', ['init.mp4'], 'init.mp4'],
    ['out7.m4s', ['a/init.mp4'], undefined],
    ['chunk-stream2-00007.m4s', ['init-stream0.m4s', 'init-stream1.m4s'], undefined],
    ['chunk-stream1-00007.m4s', ['init-stream0.m4s'], undefined],
    // -hls_fmp4_init_filename live_init.mp4, and -var_stream_map with a folder for each quality.
    ['live7.m4s', ['live_init.mp4'], 'live_init.mp4'],
    ['lo/seg00007.m4s', ['hi/init_0.mp4', 'lo/init_1.mp4'], 'lo/init_1.mp4'],
    ['seg_1_00007.m4s', ['init_0.mp4'], undefined],
    ['audio7.m4s', ['video_init.mp4'], undefined],
    ['index10.m4s', ['init_0.mp4', 'init_1.mp4'], undefined],
  ])('the init segment of %s, of %j, is %s', (path, inits, wanted) => {
    expect(initFor(path, inits)).toBe(wanted)
  })
})

const head: LiveHead = {
  format: 'headend-live/1',
  id: 'live/news',
  version: '0123456789abcdef',
  epochMs: 0,
  beganMs: 0,
  segmentSeconds: 2,
  targetSeconds: 2,
  windowSeconds: 3600,
  tracks: ['video-1', 'audio-2'].map((id) => ({
    id,
    type: id.startsWith('video') ? ('video' as const) : ('audio' as const),
    timescale: 1000,
    roles: [],
    bandwidth: { peak: 1, average: 1 },
    configs: [{ id: 'c', codec: 'x' }],
  })),
}

const segment = (start: number, rest: Partial<Segment> = {}): Segment => ({
  number: start,
  cut: 0,
  start,
  duration: 2000,
  bytes: 10,
  configId: 'c',
  sync: true,
  gap: 'none',
  discontinuity: false,
  ...rest,
})

/** Rows of both tracks with segments of 2 s at these seconds. */
const rows = (video: readonly number[], audio: readonly number[] = video): readonly MinuteRow[] =>
  [['video-1', video] as const, ['audio-2', audio] as const].flatMap(([trackId, seconds]) =>
    [...Map.groupBy(seconds, (second) => Math.floor(second / 60))].map(([minute, of]) => ({
      minute,
      trackId,
      revision: 1,
      segments: of.map((second) => segment(second * 1000)),
      runs: of.map(() => 0),
    })),
  )

const every2 = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 2 }, (_, i) => from + 2 * i)

describe('a hole', () => {
  it('is left open as long as its segment may still come', () => {
    expect(resolveHoles(head, rows([...every2(0, 10), ...every2(12, 16)]))).toEqual([])
  })

  it('becomes a gap when three segments have passed, of as many segments as were lost', () => {
    const [row, ...others] = resolveHoles(head, rows([...every2(0, 10), ...every2(14, 24)], every2(0, 24)))
    expect(others).toEqual([])
    expect(row).toMatchObject({ trackId: 'video-1', minute: 0, revision: 2 })
    expect(row?.segments.filter(({ gap }) => gap === 'missing').map(({ start }) => start)).toEqual([
      10_000, 12_000,
    ])
  })

  it('of many segments is a new beginning', () => {
    const resolved = resolveHoles(head, rows([...every2(0, 4), ...every2(40, 50)]))
    expect(resolved).toHaveLength(2)
    for (const { segments } of resolved)
      expect(segments.filter(({ discontinuity }) => discontinuity).map(({ start }) => start)).toEqual([
        40_000,
      ])
  })

  it('behind which its encoder began anew is no loss', () => {
    const restarted = rows([...every2(0, 10), ...every2(14, 24)]).map((row) => ({
      ...row,
      runs: row.segments.map(({ start }) => (start < 14_000 ? 5 : 7)),
    }))
    const resolved = resolveHoles(head, restarted)
    expect(resolved.map(({ runs }) => runs)).toEqual(restarted.map(({ runs }) => runs))
    for (const { segments } of resolved)
      expect(segments.flatMap(({ discontinuity, start }) => (discontinuity ? [start] : []))).toEqual([14_000])
  })

  it('at the end of a track that the others have left behind is a gap', () => {
    const resolved = resolveHoles(head, rows(every2(0, 30), every2(0, 20)))
    expect(resolved.map(({ trackId }) => trackId)).toEqual(['audio-2'])
    expect(resolved[0]?.segments.filter(({ gap }) => gap === 'missing')).toHaveLength(2)
  })
})

describe('hours', () => {
  it('are printed from their page as they were from their minutes, with the counts before them', () => {
    const seconds = every2(3000, 4200)
    const tail = tailOf(head, undefined, rows(seconds))
    const inHour = new Map(
      [...tail.tracks].map(([id, { segments }]) => [id, segments.filter(({ start }) => start < 3_600_000)]),
    )
    const tracks = Object.fromEntries(
      [...inHour].flatMap(([id, segments]) => {
        const track = hourTrack({ segments, timescale: 1000, gapsBeside: tail.gapsBeside }, undefined)
        return track ? [[id, track] as const] : []
      }),
    )
    expect(parseHour('page', printHour(inHour))).toEqual(inHour)
    const after = tailOf(
      head,
      { hour: 0, revision: 1, keptUntil: 0, tracks },
      rows(seconds.filter((second) => second >= 3600)),
    )
    expect(after.throughSeconds).toBe(tail.throughSeconds)
    const video = after.tracks.get('video-1')
    expect(video?.before).toEqual({
      segments: 300,
      discontinuities: 0,
      run: { number: 3_000_000, cut: 0, start: 3_000_000 },
    })
    expect(video?.segments).toEqual(tail.tracks.get('video-1')?.segments.slice(300))
  })
})

describe('the window asked for', () => {
  const through = 10_000
  const asked = (query: string, now = through + 6) =>
    windowOf(head, askedWindow(new URLSearchParams(query)), { through, now })

  it('is the end of the channel, later by the delay', () => {
    expect(asked('')).toEqual({ kind: 'live', from: 9980, to: 10_000 })
    expect(asked('time_delay=60')).toEqual({ kind: 'live', from: 9920, to: 9940 })
  })

  it('has a beginning and grows, or is over', () => {
    expect(asked('start=9000')).toEqual({ kind: 'event', from: 9000, to: 10_000 })
    expect(asked('start=1970-01-01T02:30:00Z&end=9100')).toEqual({ kind: 'vod', from: 9000, to: 9100 })
    expect(asked('start=9000&end=10100')).toEqual({ kind: 'event', from: 9000, to: 10_000 })
  })

  it('ends when its feed stopped before its end, once nothing more can come', () => {
    expect(asked('start=9000&end=10100', 10_400)).toMatchObject({ kind: 'event' })
    expect(asked('start=9000&end=10100', 10_800)).toEqual({ kind: 'vod', from: 9000, to: 10_000 })
    expect(asked('start=9000', 10_800)).toMatchObject({ kind: 'event' })
  })

  it('that only has an end which is still to come grows from the live edge', () => {
    expect(asked('end=10100')).toEqual({ kind: 'event', from: 9980, to: 10_000 })
  })

  it.each([
    'start=1000',
    'start=20000',
    'time_delay=8000',
    'start=9000&end=8000',
    'start=soon',
    'time_delay=-1',
  ])('is refused where it is none: %s', (query) => {
    expect(() => asked(query)).toThrow(expect.objectContaining({ code: 'CHANNEL_WINDOW' }))
  })
})
