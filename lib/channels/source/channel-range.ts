/** A range of a channel's life as far as it is published, for presentations that show it as a film. */
import type { RangeAsked, ReadRange, TimelineReader } from '../../delivery/index.ts'
import { Cache } from '../../platform/cache.ts'
import { archiveDirectory, parseArchive } from '../../timeline/live/archive.ts'
import { hourOf, type LiveHead } from '../../timeline/live/head.ts'
import { keptUntil } from '../../timeline/live/keeping.ts'
import { covers } from '../holds/hold.ts'
import type { HoldStore } from '../holds/store.ts'
import type { ChannelReader } from './channel-reader.ts'
import { windowTimeline } from './live-presentation.ts'
import type { LiveSourcePorts } from './live-source.ts'
import { goneSeconds } from './window.ts'

/** What ranges are read with. */
export interface ChannelRangePorts extends LiveSourcePorts {
  readonly holds: Pick<HoldStore, 'ofHour'>
}

/** Heads of lives that are over, which films are still shown of. */
const maxHeads = 100

/** Reads ranges: of the present life as long as its media are kept, and of any life what is held. */
export function channelRanges(
  { live, now, clockUrl, holds }: ChannelRangePorts,
  channel: ChannelReader,
): ReadRange {
  const heads = new Cache<LiveHead | undefined>({ maxWeight: maxHeads })
  return async ({ id, version, from, to, trackId, signalling, isMpd, tellsBreaks }, reader) => {
    const current = (await live.head(id))?.head
    const own = current?.version === version ? current : undefined
    const isKept = own !== undefined && keptUntil(from / 1000, own.windowSeconds) > now() / 1000
    const isHeld =
      !isKept &&
      covers(await holds.ofHour(id, hourOf(from / 1000)), { version, fromMs: from, toMs: to }, now())
    if (!isKept && !isHeld) return undefined
    const head =
      own ??
      (await heads.get(`${id} ${version} ${hourOf(to / 1000)}`, async () => ({
        value: await formerHead(reader, { id, version, from, to }),
      })))
    if (!head) return undefined
    const found = await channel.published(head)
    if (!found || found.throughSeconds * 1000 <= from) return undefined
    const through = now() >= to + goneSeconds * 1000 ? to : found.throughSeconds * 1000
    const window = {
      kind: through >= to ? ('vod' as const) : ('event' as const),
      from: from / 1000,
      to: Math.min(through, to) / 1000,
    }
    const parts = await channel.window(head, found, { window, signalling, isMpd, isHeld }, reader)
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

/** The head as it was in the last hour of a range that is archived; undefined if none is. */
async function formerHead(
  reader: TimelineReader,
  { id, version, from, to }: Pick<RangeAsked, 'id' | 'version' | 'from' | 'to'>,
): Promise<LiveHead | undefined> {
  for (let hour = hourOf(to / 1000); hour >= hourOf(from / 1000); hour--) {
    const name = archiveDirectory({ id, version, hour })
    const text = await reader.object(name)
    if (text !== undefined) return parseArchive(name, text).head
  }
  return undefined
}
