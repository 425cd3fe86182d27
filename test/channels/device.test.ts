/** Renditions of a channel by what a viewer's screen can show. */
import { expect, it } from 'vitest'
import { liveSource } from '../../lib/channels/index.ts'
import { rowWith } from '../../lib/channels/live/minute-row.ts'
import type { LiveReads } from '../../lib/channels/live/store.ts'
import { respond } from '../../lib/delivery/index.ts'
import { type LiveHead, minuteOf } from '../../lib/timeline/live/head.ts'

const begin = Date.UTC(2026, 11, 1, 10) / 1000
const timescale = 90_000
const heights = [1080, 720, 360]
const tracks: LiveHead['tracks'] = [
  ...heights.map((height, i) => ({
    id: `video-${i + 1}`,
    type: 'video' as const,
    timescale,
    roles: ['main'],
    bandwidth: { peak: height * 4000, average: height * 3000 },
    configs: [{ id: 'c', codec: 'avc1.640028', width: (height * 16) / 9, height }],
  })),
  {
    id: 'audio-4',
    type: 'audio',
    timescale,
    roles: ['main'],
    bandwidth: { peak: 128_000, average: 128_000 },
    configs: [{ id: 'c', codec: 'mp4a.40.2', sampleRate: 48_000 }],
  },
]
const head: LiveHead = {
  format: 'headend-live/1',
  id: 'live/news',
  version: '0123456789abcdef',
  epochMs: Date.UTC(2026, 11, 1),
  beganMs: begin * 1000,
  segmentSeconds: 2,
  targetSeconds: 2,
  windowSeconds: 3600,
  tracks,
}
const recorded = Array.from({ length: 20 }, (_, i) => ({
  run: 0,
  segment: {
    number: (begin + 2 * i) * timescale,
    cut: 0,
    start: (begin + 2 * i) * timescale,
    duration: 2 * timescale,
    bytes: 1000,
    configId: 'c',
    sync: true,
    gap: 'none' as const,
    discontinuity: false,
  },
}))
const rows = tracks.map(({ id }) => rowWith(undefined, { minute: minuteOf(begin), trackId: id }, recorded))
const live = {
  head: async () => ({ head, revision: 1, streams: {}, runs: [] }),
  minutes: async (_ref: unknown, from: number, to: number) =>
    rows.filter(({ minute }) => minute >= from && minute <= to),
  hours: async () => [],
  hourBefore: async () => undefined,
  cues: async () => [],
} satisfies Partial<LiveReads>
const sources = [liveSource({ live: live as never, now: () => (begin + 50) * 1000 })]
const reader = { current: async () => undefined, object: async () => undefined }

it.each([
  ['', heights],
  ['device=tv', heights],
  ['device=phone', [720, 360]],
  ['aws.manifestfilter=video_height:1-400', [360]],
])('with "%s" a channel has video of %j lines, in HLS and in DASH', async (query, wanted) => {
  const text = async (path: string) =>
    (await respond({ method: 'GET', path: `live/news/${path}`, query }, reader, sources)).body
  const heightsIn = (manifest: string, lines: RegExp) => [
    ...new Set([...manifest.matchAll(lines)].map(([, height]) => Number(height))),
  ]
  const sorted = (all: readonly number[]) => all.toSorted((a, b) => b - a)
  expect(sorted(heightsIn(await text('index.m3u8'), /RESOLUTION=\d+x(\d+)/g))).toEqual(wanted)
  expect(sorted(heightsIn(await text('index.mpd'), /<Representation [^>]*height="(\d+)"/g))).toEqual(wanted)
})
