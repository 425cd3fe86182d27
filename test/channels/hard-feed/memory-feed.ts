/** A channel without a cloud that takes objects as they are: stores in memory, written on condition as in the tables. */
import type { Channel } from '../../../lib/channels/channel.ts'
import type { FeedPorts } from '../../../lib/channels/ingest/ports.ts'
import type { MinuteRow } from '../../../lib/channels/live/minute-row.ts'
import type { HeadRow } from '../../../lib/channels/live/store.ts'
import { tailOf } from '../../../lib/channels/live/tail.ts'
import type { Pauses } from '../../../lib/platform/retry.ts'
import { firstHourOf, hourPage } from '../../../lib/timeline/live/head.ts'
import { parseHour, type SealedHour } from '../../../lib/timeline/live/hour.ts'
import { timelinePrefix } from '../../../lib/timeline/stored.ts'
import type { Segment } from '../../../lib/timeline/timeline.ts'

/** What a room is made of. */
export interface MemoryFeedOptions {
  readonly now: () => number
  readonly sleep: Pauses['sleep']
  readonly channel: Partial<Channel>
}

/** The ports, and what is published. */
export function memoryFeed({ now, sleep, channel: settings }: MemoryFeedOptions) {
  const channel: Channel = {
    id: 'news',
    revision: 1,
    updatedAtMs: 0,
    segmentSeconds: 2,
    windowSeconds: 48 * 3600,
    ...settings,
  }
  let head: HeadRow | undefined
  const inits = new Map<string, string>()
  const rows = new Map<number, Map<string, MinuteRow>>()
  const hours: SealedHour[] = []
  const objects = new Map<string, { bytes: Uint8Array; facts: Readonly<Record<string, string>> }>()
  const reads = { rows: 0 }
  const rowsBetween = (from: number, to: number): MinuteRow[] => {
    const found: MinuteRow[] = []
    for (let minute = from; minute <= to; minute++) found.push(...(rows.get(minute)?.values() ?? []))
    return found
  }
  const ports: FeedPorts = {
    live: {
      head: async () => head,
      inits: async () => new Map(inits),
      said: async () => new Map(),
      refusal: async () => undefined,
      putRefusal: async () => undefined,
      putSaid: async () => undefined,
      numbered: async () => undefined,
      putNumbered: async () => undefined,
      cues: async () => [],
      async minutes(_ref, from, to) {
        const found = rowsBetween(from, to)
        reads.rows += found.length
        return found
      },
      hours: async (_ref, from, to) => hours.filter(({ hour }) => hour >= from && hour <= to),
      hourBefore: async (_ref, before) => hours.findLast(({ hour }) => hour < before),
      putInit: async (_id, path, key) => void inits.set(path, key),
      async putHead(next) {
        if ((head?.revision ?? 0) !== next.revision - 1) return false
        // As it is stored: what JSON has no word for is lost.
        head = JSON.parse(JSON.stringify(next)) as HeadRow
        return true
      },
      putCue: async () => true,
      async putMinute(_ref, next) {
        const minute = rows.get(next.minute) ?? new Map<string, MinuteRow>()
        rows.set(next.minute, minute)
        if ((minute.get(next.trackId)?.revision ?? 0) !== next.revision - 1) return false
        minute.set(next.trackId, next)
        return true
      },
      async putHour(_ref, hour) {
        if (hours.some((one) => one.hour === hour.hour)) return false
        hours.push(hour)
        return true
      },
    },
    channel: async () => channel,
    object: async (key) => objects.get(key)?.bytes,
    async putOnce(key, bytes, facts) {
      // Nobody reads media, and of days it is much.
      const there = objects.get(key) ?? { bytes: key.endsWith('.m4s') ? new Uint8Array(0) : bytes, facts }
      objects.set(key, there)
      return { facts: there.facts }
    },
    archive: async () => undefined,
    facts: async (key) => objects.get(key)?.facts,
    randomBytes: (length) => new Uint8Array(length),
    now,
    pauses: { random: () => 0.5, sleep },
  }
  const textOf = (key: string): string | undefined => {
    const object = objects.get(key)
    return object && Buffer.from(object.bytes).toString()
  }
  return {
    ports,
    channel,
    hours,
    reads,
    textOf,
    head: () => head,
    /** All that is published of each track, from the beginning, by id. */
    shown: (): ReadonlyMap<string, readonly Segment[]> => {
      if (!head) return new Map()
      const { head: life } = head
      const pages = hours.map(({ hour, revision }) => {
        const name = timelinePrefix(life.id, life.version) + hourPage(hour, revision)
        return parseHour(name, textOf(name) ?? '')
      })
      const sealed = hours.at(-1)
      const from = (sealed ? sealed.hour + 1 : firstHourOf(life)) * 60
      const tail = tailOf(life, sealed, rowsBetween(from, Math.floor(now() / 60_000) + 5))
      return new Map(
        life.tracks.map(({ id }) => [
          id,
          [...pages.flatMap((page) => page.get(id) ?? []), ...(tail.tracks.get(id)?.segments ?? [])],
        ]),
      )
    },
  }
}
