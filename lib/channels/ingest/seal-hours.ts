/** Seals hours that are over: their segments into one page, their counts into one row. Twice makes the same. */
import { firstHourOf, hourOf, hourPage, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import { type HourTrack, hourTrack, printHour, type SealedHour } from '../../timeline/live/hour.ts'
import { keepDays, keptUntil } from '../../timeline/live/keeping.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { KeptRef } from '../live/store.ts'
import { tailOf } from '../live/tail.ts'
import type { FeedPorts } from './ports.ts'

/** Up to when hours are over. */
interface SealTime {
  /** Media time that has come. */
  readonly seconds: number
  /** Wall clock, in seconds, of a feed that stopped: long behind an hour nothing more is waited for. @default it runs */
  readonly stoppedAtSeconds?: number
}

/** The ports it needs. */
export type SealPorts = Pick<FeedPorts, 'live' | 'putOnce' | 'archive'>

/**
 * An hour that nothing follows is over when this has passed, and all that was recorded of it is published: longer than
 * any message is tried, for what came later would not be shown.
 */
const stoppedSeconds = 3600

/** Seals the hours before one that has begun, if all of their segments are published. */
export async function sealHours(
  ports: SealPorts,
  head: LiveHead,
  { seconds, stoppedAtSeconds = Number.NEGATIVE_INFINITY }: SealTime,
): Promise<void> {
  const ref: KeptRef = head
  const current = hourOf(seconds)
  let sealed = await ports.live.hourBefore(ref, current)
  const first = sealed ? sealed.hour + 1 : firstHourOf(head)
  for (let hour = Math.max(first, current - maxHoursBehind); hour < current; hour++) {
    // Two minutes more: segments that begin in this hour end in the next.
    const rows = await ports.live.minutes(ref, hour * 60, hour * 60 + 61)
    if (!rows.some(({ minute }) => minute < (hour + 1) * 60)) continue
    const isStopped = stoppedAtSeconds >= (hour + 1) * 3600 + stoppedSeconds
    const next = hourOfRows(head, { hour, sealed, rows, isStopped })
    if (!next) break
    const name = hourPage(hour, next.row.revision)
    await ports.putOnce(
      timelinePrefix(ref.id, ref.version) + name,
      Buffer.from(next.page),
      {},
      keepDays(head.windowSeconds),
    )
    // Before the row: broken off between them, the hour is sealed again, and told of again.
    await ports.archive({ head, hour, revision: next.row.revision })
    await ports.live.putHour(ref, next.row)
    sealed = next.row
  }
}

/** A channel that stood still for longer has empty hours between. */
const maxHoursBehind = 14 * 24

/** The row and page of an hour; undefined as long as some of it is not published. */
function hourOfRows(
  head: LiveHead,
  {
    hour,
    sealed,
    rows,
    isStopped,
  }: {
    readonly hour: number
    readonly sealed: SealedHour | undefined
    readonly rows: readonly MinuteRow[]
    readonly isStopped: boolean
  },
): { readonly row: SealedHour; readonly page: string } | undefined {
  const end = (hour + 1) * 3600
  const { throughSeconds, besideSeconds, tracks, gapsBeside } = tailOf(head, sealed, rows)
  if (Math.min(throughSeconds, besideSeconds) < end + head.segmentSeconds && !isStopped) return undefined
  const inHour = new Map(
    head.tracks.map(({ id, timescale }) => [
      id,
      (tracks.get(id)?.segments ?? []).filter(({ start }) => minuteOf(start / timescale) < (hour + 1) * 60),
    ]),
  )
  const published = [...inHour.values()].reduce((sum, { length }) => sum + length, 0)
  if (published < recordedBefore(end, head, rows)) return undefined
  const facts = [...inHour].flatMap(([id, segments]): [string, HourTrack][] => {
    const { timescale = 1 } = head.tracks.find((one) => one.id === id) ?? {}
    const state = sealed?.tracks[id]?.behind
    const start = state ? undefined : tracks.get(id)?.before
    const track = hourTrack({ segments, timescale, gapsBeside, ...(start && { start }) }, state)
    return track ? [[id, track]] : []
  })
  const row = {
    hour,
    revision: 1,
    keptUntil: keptUntil(hour * 3600, head.windowSeconds),
    tracks: Object.fromEntries(facts),
  }
  return { row, page: printHour(inHour) }
}

/** Segments that begin before a time, but for those that came before their track joined: they are never published. */
function recordedBefore(endSeconds: number, head: LiveHead, rows: readonly MinuteRow[]): number {
  return rows
    .filter(({ minute }) => minute * 60 < endSeconds)
    .reduce((sum, { trackId, segments }) => {
      const { timescale = 1 } = head.tracks.find(({ id }) => id === trackId) ?? {}
      const joins = head.joins?.[trackId] ?? Number.NEGATIVE_INFINITY
      return (
        sum + segments.filter(({ start, duration }) => (start + duration / 2) / timescale >= joins).length
      )
    }, 0)
}
