/** A manifest from its stored timeline, as the edge function makes it once the timeline is at hand. */
import { respond, type TimelineReader } from '../lib/delivery/index.ts'
import { encodeTimeline, timelinePrefix } from '../lib/timeline/stored.ts'
import { noOverlays, type Segment, type Timeline } from '../lib/timeline/timeline.ts'
import { percentile, type Result, timesOf } from './measure.ts'

/** Half an hour, six hours and two days of 6 s segments. */
const lengths = [300, 3600, 28_800]

export async function manifests(): Promise<Result[]> {
  const results: Result[] = []
  for (const count of lengths) {
    const reader = readerOf(timelineOf(count))
    const times = count > 10_000 ? 40 : 200
    for (const [name, path] of [
      ['HLS media playlist', 'vod/film/0123456789abcdef/video-1.m3u8'],
      ['DASH MPD', 'vod/film/index.mpd'],
    ] as const) {
      const all = await timesOf(times, () => respond({ method: 'GET', path }, reader))
      const { body } = await respond({ method: 'GET', path }, reader)
      results.push({
        bench: 'manifest',
        case: `${name}, ${count} segments`,
        unit: 'ms',
        p50: percentile(all, 0.5),
        p99: percentile(all, 0.99),
        note: `${Math.round(body.length / 1000)} kB`,
      })
    }
  }
  return results
}

function timelineOf(count: number): Timeline {
  const track = (id: string, type: 'video' | 'audio', timescale: number, codec: string) => ({
    id,
    type,
    timescale,
    roles: ['main'],
    bandwidth: { peak: 6_000_000, average: 5_000_000 },
    configs: [
      { id: 'a', codec, ...(type === 'video' ? { width: 1920, height: 1080 } : { sampleRate: 48_000 }) },
    ],
    before: { segments: 0, discontinuities: 0 },
    segments: Array.from(
      { length: count },
      (_, i): Segment => ({
        number: i + 1,
        cut: 0,
        start: i * 6 * timescale,
        duration: 6 * timescale,
        bytes: 4_000_000 + (i % 1000),
        configId: 'a',
        sync: true,
        gap: 'none',
        discontinuity: false,
      }),
    ),
  })
  return {
    id: 'vod/film',
    version: '0123456789abcdef',
    timescale: 90_000,
    state: 'closed',
    sealedThrough: count * 540_000,
    anchors: [],
    tracks: [
      track('video-1', 'video', 90_000, 'avc1.640028'),
      track('audio-1', 'audio', 48_000, 'mp4a.40.2'),
    ],
    overlays: noOverlays,
  }
}

function readerOf(timeline: Timeline): TimelineReader {
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  const objects = new Map([['timeline.json', head], ...parts.map(({ name, text }) => [name, text] as const)])
  return {
    currentVersion: () => Promise.resolve(timeline.version),
    object: (key) => Promise.resolve(objects.get(key.slice(prefix.length))),
  }
}
