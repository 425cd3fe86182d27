/** Hand-written timelines: small, and each with the trouble one later room will bring. */
import { type Cut, clipsOf } from '../../lib/timeline/edit.ts'
import type { Clip, Presentation, Rendition } from '../../lib/timeline/presentation.ts'
import {
  noOverlays,
  type Segment,
  type Timeline,
  type Track,
  type TrackConfig,
} from '../../lib/timeline/timeline.ts'

const video: TrackConfig = { id: 'v', codec: 'avc1.64001f', width: 1280, height: 720, frameRate: [25, 1] }
const audio: TrackConfig = { id: 'a', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2 }

/** Segments of `ticks` each, one after the other. */
export function segmentsOf(count: number, ticks: number, rest: Partial<Segment> = {}): Segment[] {
  return Array.from({ length: count }, (_, i) => ({
    number: 1 + i,
    cut: 0,
    start: i * ticks,
    duration: ticks,
    bytes: 500_000,
    configId: 'v',
    sync: true,
    gap: 'none' as const,
    discontinuity: false,
    ...rest,
  }))
}

/** A track with what a test does not care about filled in. */
export function trackOf(id: string, type: 'video' | 'audio', rest: Partial<Track> = {}): Track {
  return {
    id,
    type,
    timescale: type === 'video' ? 90_000 : 48_000,
    roles: [],
    bandwidth:
      type === 'video' ? { peak: 3_000_000, average: 2_500_000 } : { peak: 128_000, average: 120_000 },
    configs: [type === 'video' ? video : audio],
    segments: segmentsOf(10, type === 'video' ? 540_000 : 288_000, {
      configId: type === 'video' ? 'v' : 'a',
    }),
    before: { segments: 0, discontinuities: 0 },
    ...rest,
  }
}

/** A minute of picture and sound in ten segments. */
export function timelineOf(id: string, rest: Partial<Timeline> = {}): Timeline {
  return {
    id,
    version: '0123456789abcdef',
    timescale: 90_000,
    state: 'closed',
    sealedThrough: 5_400_000,
    anchors: [],
    tracks: [trackOf('video-1', 'video'), trackOf('audio-2', 'audio', { language: 'en' })],
    overlays: noOverlays,
    ...rest,
  }
}

/** A rendition that announces a track. */
export function renditionOf(track: Track, rest: Partial<Rendition> = {}): Rendition {
  const [config] = track.configs
  if (!config) throw new Error('a track has a config')
  const { id, type, roles, bandwidth, language } = track
  return { id, type, roles, bandwidth, config, isDefault: true, ...(language && { language }), ...rest }
}

/** Puts clips one after the other; what a test says of one comes before what follows from its place. */
export function presentationOf(
  renditions: readonly Rendition[],
  parts: readonly (Cut & Partial<Clip>)[],
  rest: Partial<Presentation> = {},
): Presentation {
  const frame = { timescale: 90_000, targetSeconds: 6, renditions, ...rest }
  const clips = clipsOf(frame, parts).map((clip, i) => ({ ...clip, ...parts[i] }))
  return { id: 'vod/film', kind: 'vod', clips, ...frame }
}

/** A live channel with segments `from` to `from + count`, as it stands at one moment. */
export function liveChannel(from: number, count: number, rest: Partial<Timeline> = {}): Timeline {
  const slide = (ticks: number, configId: string): Segment[] =>
    segmentsOf(count, ticks, { configId }).map((segment, i) => ({
      ...segment,
      number: from + i,
      start: (from + i) * ticks,
    }))
  return timelineOf('live/one', {
    state: 'open',
    anchors: [{ at: 0, epochMs: Date.UTC(2026, 10, 21, 10) }],
    tracks: [
      trackOf('video-1', 'video', {
        segments: slide(540_000, 'v'),
        before: {
          segments: from,
          discontinuities: 0,
          ...(from > 0 && { run: { number: 0, cut: 0, start: 0 } }),
        },
      }),
      trackOf('audio-2', 'audio', {
        segments: slide(288_000, 'a'),
        before: {
          segments: from,
          discontinuities: 0,
          ...(from > 0 && { run: { number: 0, cut: 0, start: 0 } }),
        },
      }),
    ],
    ...rest,
  })
}
