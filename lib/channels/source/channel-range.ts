/** A range of a channel's life as far as it is published, for presentations that show it as a film. */
import type { Signalling, TimelineReader } from '../../delivery/index.ts'
import { keptUntil } from '../../timeline/live/keeping.ts'
import type { Protection } from '../../timeline/presentation.ts'
import type { Marker, Timeline } from '../../timeline/timeline.ts'
import type { LiveReads } from '../live/store.ts'
import { channelReader } from './channel-reader.ts'
import { windowTimeline } from './live-presentation.ts'

/** What is asked for; times in milliseconds since 1970. */
export interface RangeAsked {
  /** `live/<channelId>`. */
  readonly id: string
  /** Of the channel's life: a channel that was made anew has another one. */
  readonly version: string
  readonly from: number
  readonly to: number
  /** The track of a Media Playlist; undefined for other manifests. */
  readonly trackId: string | undefined
  /** How keys are told; undefined in the clear. */
  readonly signalling: Signalling | undefined
  readonly isMpd: boolean
  /** Whether players are told of breaks. */
  readonly tellsBreaks: boolean
}

/** What there is of it. */
export interface Range {
  /** Of the range and, beside it, whole hours; a Media Playlist's own track and the leading one. */
  readonly timeline: Timeline
  readonly protection: Protection
  readonly targetSeconds: number
  /** Up to where it is published, in milliseconds since 1970. */
  readonly through: number
  readonly markers: readonly Marker[]
  /** When it was read, in milliseconds since 1970, and who answers with the time. */
  readonly publishedMs: number
  readonly clockUrl: string | undefined
}

/** What ranges are read with. */
export interface RangePorts {
  readonly live: LiveReads
  /** Epoch milliseconds. */
  readonly now: () => number
  /** @default MPDs have the time of their making alone */
  readonly clockUrl?: () => string | undefined
}

/** Behind an end that nothing has come for by then, nothing will: the clock has made a fact of it. */
const silentMs = 600_000

/** Reads ranges; undefined if there is no such life of a channel, or its media are gone or not there yet. */
export function channelRanges({
  live,
  now,
  clockUrl,
}: RangePorts): (asked: RangeAsked, reader: TimelineReader) => Promise<Range | undefined> {
  const channel = channelReader(live, now)
  return async ({ id, version, from, to, trackId, signalling, isMpd, tellsBreaks }, reader) => {
    const head = (await live.head(id))?.head
    if (!head || head.version !== version) return undefined
    if (keptUntil(from / 1000, head.windowSeconds) <= now() / 1000) return undefined
    const found = await channel.published(head)
    if (!found || found.throughSeconds * 1000 <= from) return undefined
    const through = now() >= to + silentMs ? to : found.throughSeconds * 1000
    const window = {
      kind: through >= to ? ('vod' as const) : ('event' as const),
      from: from / 1000,
      to: Math.min(through, to) / 1000,
    }
    const parts = await channel.window(head, found, { window, signalling, isMpd }, reader)
    const { timeline, protection } = windowTimeline(head, {
      ...parts,
      tail: found.tail,
      window,
      markers: tellsBreaks ? parts.markers : [],
      playlistOf: trackId,
    })
    return {
      // Media time is UTC, so what is left of it when breaks are taken out still says when it was.
      timeline: { ...timeline, anchors: [{ at: 0, epochMs: 0 }] },
      protection,
      targetSeconds: head.targetSeconds,
      through,
      markers: parts.markers,
      publishedMs: now(),
      clockUrl: clockUrl?.(),
    }
  }
}
