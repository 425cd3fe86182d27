/** Reads of a channel what is published, and what a window of it needs: in order of their cost, and kept where it never changes. */
import type { Signalling, TimelineReader } from '../../delivery/index.ts'
import { firstHourOf, hourOf, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import type { Marker } from '../../timeline/timeline.ts'
import { markersOf } from '../cues/markers.ts'
import { isBeside } from '../live/beside.ts'
import type { LiveReads } from '../live/store.ts'
import { type Tail, tailOf } from '../live/tail.ts'
import { hourPages, type PageOfHour } from './hour-pages.ts'
import { channelKeys, windowKeys } from './live-keys.ts'
import { settledRows } from './settled-rows.ts'
import type { LiveWindow } from './window.ts'

/** What is published of a channel. */
export interface Published {
  readonly sealed: SealedHour | undefined
  readonly tail: Tail
  /** Media time up to which all tracks are, but text. */
  readonly throughSeconds: number
}

/** What is asked for of a window. */
interface WindowAsked {
  readonly window: LiveWindow
  /** How keys are told; undefined in the clear. */
  readonly signalling: Signalling | undefined
  readonly isMpd: boolean
  /** It is kept for longer than its hours say. */
  readonly isHeld?: boolean
}

/** What a window needs. */
export interface WindowParts {
  readonly hours: readonly PageOfHour[]
  readonly markers: readonly Marker[]
  readonly keys: Signalling | undefined
}

/** Reads channels. */
export interface ChannelReader {
  /** Undefined if nothing is yet. */
  published(head: LiveHead): Promise<Published | undefined>
  window(
    head: LiveHead,
    published: Published,
    asked: WindowAsked,
    reader: TimelineReader,
  ): Promise<WindowParts>
}

/** A reader with what it keeps in memory; `now` in epoch milliseconds. */
export function channelReader(live: LiveReads, now: () => number): ChannelReader {
  const settled = settledRows(live)
  const hoursOf = hourPages(live)
  const keysOf = channelKeys()
  return {
    async published(head) {
      const sealed = await live.hourBefore(head, hourOf(now() / 1000) + 1)
      const from = (sealed ? sealed.hour + 1 : firstHourOf(head)) * 60
      const rows = await settled.read(head, { from, to: minuteOf(now() / 1000) + 1 })
      const tail = tailOf(head, sealed, rows)
      settled.keep(head, from, { rows, throughSeconds: Math.min(tail.throughSeconds, tail.besideSeconds) })
      const throughSeconds = throughOf(head, sealed, tail)
      return throughSeconds === undefined ? undefined : { sealed, tail, throughSeconds }
    },
    async window(head, { sealed, tail }, { window, signalling, isMpd, isHeld = false }, reader) {
      const readHours = (of: LiveWindow) =>
        hoursOf({ head, window: of, reader, sealed, nowSeconds: isHeld ? 0 : now() / 1000 })
      const [hours, cues] = await Promise.all([
        readHours(window),
        // A break may have begun in the hour before.
        live.cues(head, hourOf(window.from) - 1, hourOf(window.to)),
      ])
      const keys =
        signalling &&
        (await windowKeys({ head, window, hours, tail, isMpd, readHours }, signalling, (fromMs, toMs) =>
          keysOf({ id: head.id, stored: signalling.stored, fromMs, toMs }, reader),
        ))
      return { hours, markers: markersOf(cues), keys }
    },
  }
}

function throughOf(head: LiveHead, sealed: SealedHour | undefined, tail: Tail): number | undefined {
  if (Number.isFinite(tail.throughSeconds)) return tail.throughSeconds
  if (!sealed) return undefined
  const ends = head.tracks.flatMap(({ id, type, timescale }) => {
    const last = sealed.tracks[id]?.behind.last
    return last && !isBeside(type) ? [(last.start + last.duration) / timescale] : []
  })
  return Math.min(...ends)
}
