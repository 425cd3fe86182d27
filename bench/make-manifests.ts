/**
 * `node make-manifests PATH COUNT TIMES`: one manifest of so many segments, made again and again from the text of
 * the stored pages. Warm as in an environment that made one of this film before; cold as in one that did not.
 */
import { respond, type TimelineReader } from '../lib/delivery/index.ts'
import { encodeTimeline, timelinePrefix } from '../lib/timeline/stored.ts'
import { noOverlays, type Segment, type Timeline, type Track } from '../lib/timeline/timeline.ts'
import { percentile, timesOf } from './measure.ts'

const timelineId = 'vod/film'
const version = '0123456789abcdef'

const [path = '', segments = '', runs = ''] = process.argv.slice(2)
const times = Number(runs)
const objects = storedOf(timelineOf(Number(segments)))
let bytes = 0
const make = async (from: TimelineReader) => {
  const { body } = await respond({ method: 'GET', path }, from)
  bytes = Buffer.byteLength(body)
}
const reader = readerOf(objects)
const warm = await timesOf(times, () => make(reader), times / 2)
const cold = await timesOf(times / 10, () => make(readerOf(objects)))
const shares = (all: readonly number[]) => ({ p50: percentile(all, 0.5), p99: percentile(all, 0.99) })
console.log(JSON.stringify({ bytes, warm: shares(warm), cold: shares(cold) }))

function timelineOf(count: number): Timeline {
  return {
    id: timelineId,
    version,
    timescale: 90_000,
    state: 'closed',
    sealedThrough: count * 540_000,
    anchors: [],
    tracks: [
      trackOf('video-1', 90_000, count, { type: 'video', codec: 'avc1.640028', ticksAFrame: 3600 }),
      // Sound is cut at its own frames: hardly two segments are of one length.
      trackOf('audio-1', 48_000, count, { type: 'audio', codec: 'mp4a.40.2', ticksAFrame: 1024 }),
    ],
    overlays: noOverlays,
  }
}

function trackOf(
  id: string,
  timescale: number,
  count: number,
  facts: { readonly type: 'video' | 'audio'; readonly codec: string; readonly ticksAFrame: number },
): Track {
  const { type, codec, ticksAFrame } = facts
  const cut = (i: number) => Math.round((i * 6 * timescale) / ticksAFrame) * ticksAFrame
  return {
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
        start: cut(i),
        duration: cut(i + 1) - cut(i),
        bytes: 4_000_000 + (i % 1000),
        configId: 'a',
        sync: true,
        gap: 'none',
        discontinuity: false,
      }),
    ),
  }
}

/** Parts as they are stored, by name. */
function storedOf(timeline: Timeline): ReadonlyMap<string, string> {
  const { head, parts } = encodeTimeline(timeline)
  return new Map([['timeline.json', head], ...parts.map(({ name, text }) => [name, text] as const)])
}

function readerOf(stored: ReadonlyMap<string, string>): TimelineReader {
  const prefix = timelinePrefix(timelineId, version)
  return {
    current: () => Promise.resolve({ version }),
    object: (key) => Promise.resolve(stored.get(key.slice(prefix.length))),
  }
}
