/** A room without a cloud: rows in memory, written on condition as in the table; segments are recorded as ingest does. */
import type { HourToArchive } from '../../lib/channels/archive/hours.ts'
import { runMinute } from '../../lib/channels/clock/minute.ts'
import type { ClockPorts } from '../../lib/channels/clock/ports.ts'
import { rowsAround } from '../../lib/channels/ingest/rows-around.ts'
import { settle } from '../../lib/channels/ingest/settle.ts'
import { type MinuteRow, rowWith } from '../../lib/channels/live/minute-row.ts'
import type { HeadRow } from '../../lib/channels/live/store.ts'
import { tailOf } from '../../lib/channels/live/tail.ts'
import { admitted } from '../../lib/timeline/live/admit.ts'
import { firstHourOf, hourPage, type LiveHead, minuteOf } from '../../lib/timeline/live/head.ts'
import { parseHour, type SealedHour } from '../../lib/timeline/live/hour.ts'
import { timelinePrefix } from '../../lib/timeline/stored.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'

/** Ticks a second of all tracks. */
const timescale = 1000

const typeOf = (id: string) =>
  id.startsWith('video') ? ('video' as const) : id.startsWith('text') ? ('text' as const) : ('audio' as const)

/** A head with these tracks, begun at `beganSeconds`. */
export const headOf = (ids: readonly string[], beganSeconds: number): LiveHead => ({
  format: 'headend-live/1',
  id: 'live/news',
  version: '0123456789abcdef',
  epochMs: 0,
  beganMs: beganSeconds * 1000,
  segmentSeconds: 2,
  targetSeconds: 2,
  windowSeconds: 48 * 3600,
  tracks: ids.map((id) => ({
    id,
    type: typeOf(id),
    timescale,
    roles: [],
    bandwidth: { peak: 1, average: 1 },
    configs: [{ id: 'c', codec: id.startsWith('text') ? 'wvtt' : 'x' }],
  })),
})

/** A segment of 2 s. */
const segmentAt = (seconds: number): Segment => ({
  number: seconds * timescale,
  cut: 0,
  start: seconds * timescale,
  duration: 2 * timescale,
  bytes: 10,
  configId: 'c',
  sync: true,
  gap: 'none',
  discontinuity: false,
})

/** Its ports, what arrives in it, and what it shows. */
export function memoryRoom(head: LiveHead) {
  const rows = new Map<string, MinuteRow>()
  const hours: SealedHour[] = []
  const objects = new Map<string, string>()
  const toArchive: HourToArchive[] = []
  const warnings: (readonly [string, unknown])[] = []
  const clock = { nowMs: 0, newestWrittenMs: 0 }
  const sorted = () => hours.toSorted((a, b) => a.hour - b.hour)
  const row: HeadRow = { head, revision: 1, streams: {}, runs: [] }
  const ports: ClockPorts = {
    live: {
      head: async () => row,
      inits: async () => new Map(),
      said: async () => new Map(),
      refusal: async () => undefined,
      putRefusal: async () => undefined,
      putSaid: async () => undefined,
      numbered: async () => undefined,
      putNumbered: async () => undefined,
      cues: async () => [],
      minutes: async (_ref, from, to) =>
        [...rows.values()].filter(({ minute }) => minute >= from && minute <= to),
      hours: async (_ref, from, to) => sorted().filter(({ hour }) => hour >= from && hour <= to),
      hourBefore: async (_ref, before) => sorted().findLast(({ hour }) => hour < before),
      putInit: async () => undefined,
      putHead: async () => true,
      putCue: async () => true,
      async putMinute(_ref, next) {
        const key = `${next.minute}/${next.trackId}`
        if ((rows.get(key)?.revision ?? 0) !== next.revision - 1) return false
        rows.set(key, next)
        return true
      },
      async putHour(_ref, hour) {
        if (hours.some((one) => one.hour === hour.hour)) return false
        hours.push(hour)
        return true
      },
    },
    async putOnce(key, bytes, facts) {
      if (!objects.has(key)) objects.set(key, Buffer.from(bytes).toString())
      return { facts }
    },
    archive: async (hour) => void toArchive.push(hour),
    facts: async () => undefined,
    pauses: { random: () => 0, sleep: async () => undefined },
    now: () => clock.nowMs,
    channels: {
      page: async () => ({
        channels: [
          { segmentSeconds: 2, windowSeconds: head.windowSeconds, id: 'news', revision: 1, updatedAtMs: 0 },
        ],
      }),
    },
    writtenMs: async () => clock.newestWrittenMs,
    log: {
      info: () => undefined,
      warn: (message, fields) => void warnings.push([message, fields]),
      error: (message, error) => void warnings.push([message, error]),
    },
  }
  return {
    ports,
    clock,
    hours,
    /** Hours that the archiver was told of. */
    toArchive,
    warnings,
    object: (key: string): string | undefined => objects.get(key),
    /** A segment of a track comes at its end. */
    async arrive(trackId: string, seconds: number): Promise<void> {
      clock.newestWrittenMs = Math.max(clock.newestWrittenMs, (seconds + 2) * 1000)
      clock.nowMs = Math.max(clock.nowMs, clock.newestWrittenMs)
      const place = {
        ref: head,
        trackId,
        start: seconds * timescale,
        track: { timescale, duration: 2 * timescale },
      }
      const recorded = (await rowsAround(ports, place))
        .flatMap(({ segments }) => segments)
        .toSorted((a, b) => a.start - b.start)
      const admission = admitted(recorded, segmentAt(seconds), { tolerance: 10 })
      if (admission.kind === 'new') {
        const minute = minuteOf(admission.segment.start / timescale)
        const old = rows.get(`${minute}/${trackId}`)
        const added = [{ segment: admission.segment, run: 0 }]
        await ports.live.putMinute(head, rowWith(old, { minute, trackId }, added))
      }
      await settle({ ...ports, pauses: { random: () => 0, sleep: async () => undefined } }, { head, seconds })
    },
    /** The clock comes, so many seconds behind the last segment. */
    async minute(later = 0) {
      clock.nowMs = clock.newestWrittenMs + later * 1000
      return runMinute(ports)
    },
    /** All that is published of each track, from the beginning. */
    shown(): ReadonlyMap<string, readonly Segment[]> {
      const pages = sorted().map(({ hour, revision }) => {
        const name = timelinePrefix(head.id, head.version) + hourPage(hour, revision)
        return parseHour(name, objects.get(name) ?? '')
      })
      const sealed = sorted().at(-1)
      const from = (sealed ? sealed.hour + 1 : firstHourOf(head)) * 60
      const tail = tailOf(
        head,
        sealed,
        [...rows.values()].filter(({ minute }) => minute >= from),
      )
      return new Map(
        head.tracks.map(({ id }) => [
          id,
          [...pages.flatMap((page) => page.get(id) ?? []), ...(tail.tracks.get(id)?.segments ?? [])],
        ]),
      )
    },
  }
}
