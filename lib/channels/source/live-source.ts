/** Source of channels: a window of a live timeline as a presentation. */
import type {
  GivenPresentation,
  NotGiven,
  PresentationRequest,
  PresentationSource,
  TimelineReader,
} from '../../delivery/index.ts'
import { livePlaylistUri, patchedMpd, renditionsOf, withCueTags } from '../../delivery/index.ts'
import { countsAt } from '../../timeline/counts.ts'
import { firstHourOf, hourOf, type LiveHead, liveTimescale, minuteOf } from '../../timeline/live/head.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import type { Presentation } from '../../timeline/presentation.ts'
import {
  type Marker,
  noCounts,
  noOverlays,
  type Segment,
  type Ticks,
  type Timeline,
  type Track,
} from '../../timeline/timeline.ts'
import { markersOf } from '../cues/markers.ts'
import { isBeside } from '../live/beside.ts'
import type { LiveReads } from '../live/store.ts'
import { type Tail, tailOf } from '../live/tail.ts'
import { hourPages, type PageOfHour } from './hour-pages.ts'
import { keyFramesNamed, offeredKeyFrames, videoOf } from './key-frames.ts'
import { pressure, relievedSeconds } from './pressure.ts'
import { settledRows } from './settled-rows.ts'
import { askedWindow, type LiveWindow, windowOf } from './window.ts'

/** What the source reads with. */
export interface LiveSourcePorts {
  readonly live: LiveReads
  /** Epoch milliseconds. */
  readonly now: () => number
  /** @default MPDs have the time of their making alone */
  readonly clockUrl?: () => string | undefined
}

/** Channels below `live/`. */
export function liveSource({ live, now, clockUrl }: LiveSourcePorts): PresentationSource {
  const settled = settledRows(live)
  const hoursOf = hourPages(live)
  const load = pressure(now)
  return {
    prefix: 'live/',
    named: '/live/<channelId>',
    give: (request, reader) => load.during(() => give(request, reader)),
  }

  async function give(
    { name, query }: PresentationRequest,
    reader: TimelineReader,
  ): Promise<GivenPresentation | NotGiven> {
    const asked = (name.kind === 'media' ? name.window : askedWindow(query)) ?? {}
    const isBack = Object.keys(asked).length > 0
    if (isBack && load.isOn()) return busy(name.presentationId)
    const row = await live.head(name.presentationId)
    if (!row) return notGiven(`${name.presentationId}: no such channel, or nothing has come for it yet`)
    const { head } = row
    if (name.kind === 'media' && name.version !== head.version)
      return notGiven(`${head.id}: version ${name.version} of it is over`)
    const hour = hourOf(now() / 1000)
    const sealed = await live.hourBefore(head, hour + 1)
    const from = (sealed ? sealed.hour + 1 : firstHourOf(head)) * 60
    const rows = await settled.read(head, { from, to: minuteOf(now() / 1000) + 1 })
    const tail = tailOf(head, sealed, rows)
    settled.keep(head, from, { rows, throughSeconds: Math.min(tail.throughSeconds, tail.besideSeconds) })
    const through = throughOf(head, sealed, tail)
    if (through === undefined)
      return notGiven(`${head.id}: its feed has only begun; try again in some seconds`)
    const window = windowOf(head, asked, through)
    const [hours, cues] = await Promise.all([
      hoursOf({ head, window, reader, sealed, nowSeconds: now() / 1000 }),
      // A break may have begun in the hour before.
      live.cues(head, hourOf(window.from) - 1, hourOf(window.to)),
    ])
    const markers = markersOf(cues)
    return {
      presentation: presentationOf(head, {
        tail,
        hours,
        window,
        markers,
        publishedMs: now(),
        clockUrl: clockUrl?.(),
        playlistOf: name.kind === 'media' ? name.renditionId : undefined,
      }),
      mediaUri: ({ id }) => livePlaylistUri(head, id, isBack ? asked : undefined),
      cache: 'live',
      printsMpd: patchedMpd,
    }
  }
}

const busy = (id: string): NotGiven => ({
  code: 'CHANNEL_BUSY',
  message: `${id}: what is further back is not shown just now; try again in ${relievedSeconds} seconds, or play its live edge`,
  retrySeconds: relievedSeconds,
})

const notGiven = (message: string): NotGiven => ({ code: 'CHANNEL_NOT_FOUND', message })

function throughOf(head: LiveHead, sealed: SealedHour | undefined, tail: Tail): number | undefined {
  if (Number.isFinite(tail.throughSeconds)) return tail.throughSeconds
  if (!sealed) return undefined
  const ends = head.tracks.flatMap(({ id, type, timescale }) => {
    const last = sealed.tracks[id]?.behind.last
    return last && !isBeside(type) ? [(last.start + last.duration) / timescale] : []
  })
  return Math.min(...ends)
}

const none: readonly Segment[] = []

interface Shown {
  readonly tail: Tail
  readonly hours: readonly PageOfHour[]
  readonly window: LiveWindow
  readonly markers: readonly Marker[]
  readonly publishedMs: number
  readonly clockUrl: string | undefined
  /** The rendition of a Media Playlist; undefined for other manifests. */
  readonly playlistOf: string | undefined
}

function presentationOf(
  head: LiveHead,
  { tail, hours, window, markers, publishedMs, clockUrl, playlistOf }: Shown,
): Presentation {
  // MPDs tell of breaks by events, and multivariant playlists do not.
  const hasCueTags = playlistOf !== undefined && head.adMarkers !== undefined
  const lead = leadOf(head.tracks)
  // A Media Playlist shows one of them, and ends where the lead does.
  const needed =
    playlistOf === undefined
      ? head.tracks
      : head.tracks.filter(({ id }) => id === videoOf(head, playlistOf) || id === lead?.id)
  const own = needed.map((track): Track => {
    const ofTail = tail.tracks.get(track.id) ?? { before: noCounts, segments: [] }
    const withTail = window.to * track.timescale > (ofTail.segments[0]?.start ?? Number.POSITIVE_INFINITY)
    // Ten times as fast as flatMap, for a hundred thousand of them.
    const sealed = none.concat(...hours.map(({ segments }) => segments.get(track.id) ?? none))
    const before = hours.find(({ segments }) => (segments.get(track.id)?.length ?? 0) > 0)?.row.tracks[
      track.id
    ]?.before
    return {
      ...track,
      before: before ?? ofTail.before,
      segments: withTail || sealed.length === 0 ? sealed.concat(ofTail.segments) : sealed,
    }
  })
  const keyFrames =
    playlistOf === undefined ? offeredKeyFrames(head, own) : keyFramesNamed(head, playlistOf, own)
  const tracks = [...own, ...keyFrames].map((track) =>
    hasCueTags && track.id === playlistOf ? withCueTags(track, markers, liveTimescale) : track,
  )
  const timeline: Timeline = {
    id: head.id,
    version: head.version,
    timescale: liveTimescale,
    state: window.kind === 'vod' ? 'closed' : 'open',
    sealedThrough: Math.floor(window.to * liveTimescale),
    anchors: [],
    tracks,
    overlays: {
      ...noOverlays,
      markers: { revision: 0, entries: hasCueTags && head.adMarkers === 'cue-out' ? [] : markers },
    },
  }
  // Who plays an absent track already is told that it has gaps.
  const present =
    playlistOf !== undefined
      ? tracks
      : tracks.filter(
          (track) => isPresent(track, window) && (head.joins?.[track.trickOf ?? track.id] ?? 0) < window.to,
        )
  const renditions = renditionsOf({ ...timeline, tracks: present })
  const same = <Value>(value: (id: string) => Value) =>
    Object.fromEntries(renditions.map(({ id }) => [id, value(id)]))
  const common = {
    ordinal: 0,
    timeline,
    at: 0,
    role: 'content' as const,
    tracks: same((id) => id),
    protection: { scheme: 'clear' as const },
    before: same(() => noCounts),
  }
  const frame = {
    id: head.id,
    kind: window.kind,
    timescale: liveTimescale,
    publishedMs,
    ...(clockUrl !== undefined && { clockUrl }),
    targetSeconds: head.targetSeconds,
    ...(head.deltaUpdates !== false && { deltaUpdates: true as const }),
    ...(head.latencySeconds !== undefined && { latencySeconds: head.latencySeconds }),
    renditions,
  }
  if (window.kind === 'live') {
    // One presentation for the channel's whole life, of which the window shows the end.
    const at = (seconds: number): number => Math.round(seconds * liveTimescale) - head.epochMs
    return {
      ...frame,
      epochMs: head.epochMs,
      window: { from: at(window.from), to: at(window.to) },
      clips: [{ ...common, from: head.epochMs, first: same(() => noCounts) }],
    }
  }
  const { from, to } = snapped(tracks, window)
  const first = same((id) => countsAt(timeline, id, from))
  return { ...frame, epochMs: from, clips: [{ ...common, from, to, first }] }
}

/** Whether there is media of a track in the window, or nothing at all: an absence is all gaps. */
function isPresent({ segments, timescale }: Track, { from, to }: LiveWindow): boolean {
  const within = segments.filter(
    ({ start, duration }) => start < to * timescale && start + duration > from * timescale,
  )
  return within.length === 0 || within.some(({ gap }) => gap !== 'missing')
}

const leadOf = <Of extends Pick<Track, 'type'>>(tracks: readonly Of[]): Of | undefined =>
  tracks.find(({ type }) => type === 'video') ?? tracks[0]

/** The window widened to whole segments of the video, in milliseconds since 1970. */
function snapped(tracks: readonly Track[], window: LiveWindow): { readonly from: Ticks; readonly to: Ticks } {
  const lead = leadOf(tracks)
  if (!lead)
    return { from: Math.floor(window.from * liveTimescale), to: Math.ceil(window.to * liveTimescale) }
  const { segments, timescale } = lead
  const opening = segments.find(({ start, duration }) => (start + duration) / timescale > window.from)
  const closing = segments.findLast(({ start }) => start / timescale < window.to)
  const from = opening ? opening.start / timescale : window.from
  const to = closing ? (closing.start + closing.duration) / timescale : window.to
  return { from: Math.floor(from * liveTimescale), to: Math.ceil(to * liveTimescale) }
}
