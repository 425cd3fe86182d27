/**
 * `node make-windows SEGMENT_SECONDS HOURS TIMES`: a start-over of so many hours of a channel, made again and again from
 * rows and pages; what a minute of it takes in the table and, sealed, in its page. Cold as in a new environment.
 */
import { sealHours } from '../lib/channels/ingest/seal-hours.ts'
import { type MinuteRow, rowWith } from '../lib/channels/live/minute-row.ts'
import { liveSource } from '../lib/channels/source/live-source.ts'
import { respond, type TimelineReader } from '../lib/delivery/index.ts'
import { encodeLiveColumns } from '../lib/timeline/live/columns.ts'
import { type LiveHead, minuteOf } from '../lib/timeline/live/head.ts'
import type { SealedHour } from '../lib/timeline/live/hour.ts'
import type { Segment } from '../lib/timeline/timeline.ts'
import { percentile, timesOf } from './measure.ts'

const [segmentSeconds = 6, hours = 2, times = 20] = process.argv.slice(2).map(Number)
const began = Date.UTC(2026, 11, 1) / 1000
const ended = began + hours * 3600 + 600
const head: LiveHead = {
  format: 'headend-live/1',
  id: 'live/news',
  version: '0123456789abcdef',
  epochMs: began * 1000,
  beganMs: began * 1000,
  segmentSeconds,
  targetSeconds: segmentSeconds,
  windowSeconds: 14 * 86_400,
  tracks: [
    trackOf('video-1', 'video', 90_000),
    // Audio is cut at its own frames: hardly two segments are of one length.
    trackOf('audio-2', 'audio', 48_000),
  ],
}
const rows = new Map<string, MinuteRow>()
const sealed: SealedHour[] = []
const objects = new Map<string, string>()
for (const { id, timescale } of head.tracks)
  for (const [minute, segments] of Map.groupBy(segmentsOf(timescale), ({ start }) =>
    minuteOf(start / timescale),
  ))
    rows.set(
      `${minute} ${id}`,
      rowWith(
        undefined,
        { minute, trackId: id },
        segments.map((segment) => ({ segment, run: 0 })),
      ),
    )
const ports: Parameters<typeof sealHours>[0] = {
  live: {
    head: async () => ({ head, revision: 1, streams: {}, runs: [] }),
    inits: async () => new Map(),
    refusal: async () => undefined,
    said: async () => new Map(),
    putSaid: async () => undefined,
    numbered: async () => undefined,
    putRefusal: async () => undefined,
    putNumbered: async () => undefined,
    cues: async () => [],
    minutes: async (_, from, to) => [...rows.values()].filter(({ minute }) => minute >= from && minute <= to),
    hours: async (_, from, to) => sealed.filter(({ hour }) => hour >= from && hour <= to),
    hourBefore: async (_, before) => sealed.findLast(({ hour }) => hour < before),
    putInit: async () => undefined,
    putHead: async () => true,
    putMinute: async () => true,
    putCue: async () => true,
    putHour: async (_, hour) => sealed.push(hour) > 0,
  },
  archive: async () => undefined,
  async putOnce(key, bytes, facts) {
    objects.set(key, Buffer.from(bytes).toString())
    return { facts }
  },
}
await sealHours(ports, head, { seconds: ended })
const [page = ''] = objects.values()
const rowBytes = Math.max(...[...rows.values()].map(bytesOf))
for (const [key, { minute }] of rows) if (minute < ((sealed.at(-1)?.hour ?? 0) + 1) * 60) rows.delete(key)
const reader: TimelineReader = {
  current: () => Promise.resolve(undefined),
  object: (key) => Promise.resolve(objects.get(key)),
}
let printedBytes = 0
const make = async (source: ReturnType<typeof liveSource>) => {
  const path = `media/clear/live/news/${head.version}/video-1/w${began + 600}--.m3u8`
  const { body } = await respond({ method: 'GET', path }, reader, [source])
  printedBytes = Buffer.byteLength(body)
}
const sourceOf = () => liveSource({ live: ports.live, now: () => ended * 1000 })
const source = sourceOf()
const warm = await timesOf(times, () => make(source))
const cold = await timesOf(times, () => make(sourceOf()), 0)
const shares = (all: readonly number[]) => ({ p50: percentile(all, 0.5), p99: percentile(all, 0.99) })
console.log(
  JSON.stringify({
    warm: shares(warm),
    cold: shares(cold),
    printedBytes,
    rowBytes,
    sealedBytesAMinute: page.length / 60,
  }),
)

/** What a row takes in the table, names of its attributes and keys left out. */
function bytesOf({ segments, runs }: MinuteRow): number {
  const sizes = segments.map(({ bytes }) => bytes).join()
  return JSON.stringify(encodeLiveColumns(segments)).length + sizes.length + JSON.stringify(runs).length
}

function segmentsOf(timescale: number): readonly Segment[] {
  const frame = timescale === 90_000 ? 3600 : 1024
  const count = Math.floor((ended - began) / segmentSeconds)
  const cut = (i: number): number => Math.round(((began + i * segmentSeconds) * timescale) / frame) * frame
  return Array.from({ length: count }, (_, i) => ({
    number: cut(i),
    cut: 0,
    start: cut(i),
    duration: cut(i + 1) - cut(i),
    bytes: 700_000 + ((i * 7919) % 100_000),
    configId: 'c',
    sync: true,
    gap: 'none' as const,
    discontinuity: false,
  }))
}

function trackOf(id: string, type: 'video' | 'audio', timescale: number): LiveHead['tracks'][number] {
  const codec = type === 'video' ? 'avc1.640028' : 'mp4a.40.2'
  return {
    id,
    type,
    timescale,
    roles: ['main'],
    bandwidth: { peak: 6_000_000, average: 5_000_000 },
    configs: [
      { id: 'c', codec, ...(type === 'video' ? { width: 1920, height: 1080 } : { sampleRate: 48_000 }) },
    ],
  }
}
