/** A range of a channel's life as far as it is published, for presentations that show it as a film. */
import type { ReadRange } from '../../delivery/index.ts'
import { keptUntil } from '../../timeline/live/keeping.ts'
import type { ChannelReader } from './channel-reader.ts'
import { windowTimeline } from './live-presentation.ts'
import type { LiveSourcePorts } from './live-source.ts'
import { goneSeconds } from './window.ts'

/** Reads ranges. */
export function channelRanges({ live, now, clockUrl }: LiveSourcePorts, channel: ChannelReader): ReadRange {
  return async ({ id, version, from, to, trackId, signalling, isMpd, tellsBreaks }, reader) => {
    const head = (await live.head(id))?.head
    if (!head || head.version !== version) return undefined
    if (keptUntil(from / 1000, head.windowSeconds) <= now() / 1000) return undefined
    const found = await channel.published(head)
    if (!found || found.throughSeconds * 1000 <= from) return undefined
    const through = now() >= to + goneSeconds * 1000 ? to : found.throughSeconds * 1000
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
      through,
      markers: parts.markers,
      publishedMs: now(),
      clockUrl: clockUrl?.(),
    }
  }
}
