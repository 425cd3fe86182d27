/** A channel that lives: it grows, its head leaves, ads are spliced into it, its window slides. */
import { appended, spliced, withTimeline, withWindow } from '../../lib/timeline/edit.ts'
import type { Presentation, Rendition } from '../../lib/timeline/presentation.ts'
import { continues, type Segment, type Timeline, type Track } from '../../lib/timeline/timeline.ts'
import { renditionOf, segmentsOf, timelineOf, trackOf } from '../delivery/timelines.ts'

/** One thing that happens to it. */
export type Edit =
  | { readonly kind: 'grow'; readonly segments: number; readonly breaks: 'none' | 'flag' | 'gap' }
  /** The timeline lets go of what the window showed last. */
  | { readonly kind: 'trim' }
  | { readonly kind: 'slide'; readonly segments: number }
  | { readonly kind: 'ad'; readonly which: number; readonly mode: 'over' | 'between' }

const segmentSeconds = 6
const epochMs = Date.UTC(2026, 10, 21, 10)

/** Ads of other timescales and lengths, one without the second language, one whose audio ends early. */
const ads: readonly Timeline[] = [
  adOf('ads/one', { timescale: 90_000, frame: 3600, segments: 2, sounds: ['audio-2', 'audio-3'] }),
  adOf('ads/two', { timescale: 12_800, frame: 512, segments: 3, sounds: ['audio-2'] }),
  adOf('ads/three', { timescale: 30_000, frame: 1001, segments: 1, sounds: ['audio-2', 'audio-3'] }),
]

interface AdFacts {
  readonly timescale: number
  readonly frame: number
  readonly segments: number
  readonly sounds: readonly string[]
}

function adOf(id: string, { timescale, frame, segments, sounds }: AdFacts): Timeline {
  const ticks = Math.floor((segmentSeconds * timescale) / frame) * frame
  const picture = trackOf('video-1', 'video', { timescale, segments: segmentsOf(segments, ticks) })
  // Frames of audio end where they end, some milliseconds from the pictures' edge.
  const frames = Math.floor((ticks / timescale) * (48_000 / 1024))
  const audio = sounds.map((sound) =>
    trackOf(sound, 'audio', { segments: segmentsOf(segments, frames * 1024, { configId: 'a' }) }),
  )
  return timelineOf(id, { timescale, tracks: [picture, ...audio] })
}

/** What is broadcast, as it stands. */
export interface Channel {
  readonly presentation: Presentation
  readonly timeline: Timeline
  /** First segment shown, counted from the start of the presentation in pieces of a segment's length. */
  readonly shownFrom: number
  readonly publishedMs: number
}

/** On air with five segments. */
export function newChannel(): Channel {
  const tracks = [
    trackOf('video-1', 'video', { segments: [] }),
    trackOf('audio-2', 'audio', { language: 'en', segments: [] }),
    trackOf('audio-3', 'audio', { language: 'fr', segments: [] }),
  ]
  const empty = timelineOf('live/one', { state: 'open', sealedThrough: 0, tracks })
  const timeline = grown(empty, 5, 'none')
  const renditions = tracks.map(
    (track): Rendition => renditionOf(track, { isDefault: track.id !== 'audio-3' }),
  )
  const none: Presentation = {
    id: 'live/one',
    kind: 'live',
    timescale: 90_000,
    targetSeconds: segmentSeconds,
    epochMs,
    renditions,
    clips: [],
  }
  const presentation = appended(none, [{ timeline, from: 0 }])
  return { timeline, presentation, shownFrom: 0, publishedMs: epochMs + 30_000 }
}

/** The channel some seconds later, with an edit done. */
export function edited(channel: Channel, edit: Edit): Channel {
  const { presentation, shownFrom } = channel
  const later = { ...channel, publishedMs: channel.publishedMs + 1000 }
  switch (edit.kind) {
    case 'grow':
      return withNow(later, grown(channel.timeline, edit.segments, edit.breaks))
    case 'trim': {
      const first = Math.min(
        ...presentation.clips.map((clip) => (clip.timeline.id === 'live/one' ? clip.from : Infinity)),
      )
      const [open] = presentation.clips
      const into = open && open.timeline.id === 'live/one' ? (presentation.window?.from ?? 0) - open.at : 0
      return withNow(later, trimmed(channel.timeline, first + Math.max(0, into)))
    }
    case 'slide': {
      const from = Math.min(shownFrom + edit.segments, lastPiece(channel) - 3)
      if (from <= shownFrom) return later
      return {
        ...later,
        shownFrom: from,
        presentation: withWindow(presentation, { from: from * segmentSeconds * 90_000 }),
      }
    }
    case 'ad': {
      const ad = ads[edit.which % ads.length]
      const on = presentation.clips.at(-1)
      if (!ad || !on) return later
      const at = on.at + channel.timeline.sealedThrough - on.from
      if (at <= on.at) return later
      const cut = { timeline: ad, from: 0, to: longest(ad), role: 'ad' as const }
      return { ...later, presentation: spliced(presentation, at, { cuts: [cut], mode: edit.mode }) }
    }
  }
}

const longest = ({ tracks: [picture] }: Timeline): number => {
  const last = picture?.segments.at(-1)
  return last ? last.start + last.duration : 0
}

/** Pieces of a segment's length that have been shown. */
function lastPiece({ presentation: { clips }, timeline }: Channel): number {
  const on = clips.at(-1)
  if (!on) return 0
  return Math.floor((on.at + Math.max(0, timeline.sealedThrough - on.from)) / (segmentSeconds * 90_000))
}

const withNow = (channel: Channel, timeline: Timeline): Channel => ({
  ...channel,
  timeline,
  presentation: withTimeline(channel.presentation, timeline),
})

function grown(
  timeline: Timeline,
  count: number,
  breaks: Extract<Edit, { kind: 'grow' }>['breaks'],
): Timeline {
  const from = timeline.sealedThrough / (segmentSeconds * 90_000)
  const tracks = timeline.tracks.map((track): Track => {
    const ticks = segmentSeconds * track.timescale
    const added = Array.from(
      { length: count },
      (_, i): Segment => ({
        number: from + i,
        cut: 0,
        start: (from + i) * ticks,
        duration: ticks,
        bytes: 1000,
        configId: track.type === 'video' ? 'v' : 'a',
        sync: true,
        gap: breaks === 'gap' && i === 0 ? 'missing' : 'none',
        discontinuity: breaks === 'flag' && i === 0,
      }),
    )
    return { ...track, segments: [...track.segments, ...added] }
  })
  return { ...timeline, tracks, sealedThrough: (from + count) * segmentSeconds * 90_000 }
}

/** Without the segments that end at or before a time, and with what they were in the counts. */
function trimmed(timeline: Timeline, ticks: number): Timeline {
  const tracks = timeline.tracks.map((track): Track => {
    const until = (ticks / timeline.timescale) * track.timescale
    let { before, segments } = track
    while (segments.length > 1) {
      const [one, next] = segments
      if (!one || !next || one.start + one.duration > until) break
      const run = before.run ?? { number: one.number, cut: one.cut, start: one.start }
      before = {
        segments: before.segments + 1,
        discontinuities: before.discontinuities + (one.discontinuity ? 1 : 0),
        ...(continues(one, next) && { run }),
      }
      segments = segments.slice(1)
    }
    return { ...track, before, segments }
  })
  return { ...timeline, tracks }
}
