/** The part of a channel a manifest shows: `start`, `end` and `time_delay`, as MediaPackage means them. */
import type { PathWindow } from '../../delivery/index.ts'
import { HeadendError } from '../../errors.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import type { Track } from '../../timeline/timeline.ts'

/** Seconds since 1970. */
export interface LiveWindow {
  /** `live`: slides. `event`: has a beginning and grows. `vod`: over. */
  readonly kind: 'live' | 'event' | 'vod'
  readonly from: number
  readonly to: number
}

/** What a player sees of a channel that it joins: enough to start from and to go back a little. */
const liveSegments = 10

/** What a query asks for, widened to whole seconds, so that one window has one path; throws CHANNEL_WINDOW. */
export function askedWindow(query: URLSearchParams): PathWindow {
  const start = timeOf(query, 'start')
  const end = timeOf(query, 'end')
  const delay = secondsOf(query, 'time_delay', /^\d{1,7}$/)
  return {
    ...(start !== undefined && { start: Math.floor(start) }),
    ...(end !== undefined && { end: Math.ceil(end) }),
    ...(delay !== undefined && { delay }),
  }
}

/** Behind the end of what was published nothing more is waited for: then the clock has shown what there was. */
export const goneSeconds = 600

/** Seconds since 1970. */
export interface LiveTimes {
  /** Up to which the channel is published. */
  readonly through: number
  readonly now: number
}

/** The window of a channel; throws CHANNEL_WINDOW. */
export function windowOf(
  head: LiveHead,
  asked: PathWindow,
  { through: throughSeconds, now }: LiveTimes,
): LiveWindow {
  const { start, end, delay = 0 } = asked
  if (delay > head.windowSeconds)
    throw refused(`time_delay: expected at most the ${head.windowSeconds} s of the channel, got ${delay}`)
  const edge = throughSeconds - delay
  const oldest = throughSeconds - head.windowSeconds
  if (start === undefined && end === undefined)
    return { kind: 'live', from: edge - liveSegments * head.segmentSeconds, to: edge }
  const from = start ?? Math.min(end ?? edge, edge) - liveSegments * head.segmentSeconds
  if (from < oldest - head.segmentSeconds)
    throw refused(`start: expected a time of the last ${head.windowSeconds} s, got ${iso(from)}`)
  if (from > edge) throw refused(`start: expected a time before ${iso(edge)}, got ${iso(from)}`)
  const to = end ?? edge
  if (to <= from) throw refused(`end: expected a time after ${iso(from)}, got ${iso(to)}`)
  if (end !== undefined && end <= edge) return { kind: 'vod', from, to }
  // A feed that stopped before the end: what comes when it goes on comes later than that.
  const isOver = end !== undefined && now - delay - Math.max(end, edge) > goneSeconds
  return { kind: isOver ? 'vod' : 'event', from, to: edge }
}

/** Throws CHANNEL_WINDOW where nothing of a channel lies in its window: players can do nothing with an empty manifest. */
export function checkWindow(tracks: readonly Track[], { from, to }: LiveWindow, id: string): void {
  const isThere = tracks.some(({ segments, timescale }) =>
    segments.some(({ start, duration }) => start < to * timescale && start + duration > from * timescale),
  )
  if (!isThere)
    throw refused(`${id}: expected a time that something was shown at, got ${iso(from)} to ${iso(to)}`)
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** RFC 3339, or seconds since 1970. */
function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
  const seconds = /^\d{1,10}$/.test(text)
    ? Number(text)
    : form.test(text)
      ? Date.parse(text) / 1000
      : Number.NaN
  if (!Number.isFinite(seconds))
    throw refused(`${name}: expected 2026-01-31T12:00:00Z or seconds since 1970, got ${text.slice(0, 40)}`)
  return seconds
}

function secondsOf(query: URLSearchParams, name: string, form: RegExp): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!form.test(text)) throw refused(`${name}: expected whole seconds, got ${text.slice(0, 40)}`)
  return Number(text)
}

const refused = (message: string): HeadendError => new HeadendError('CHANNEL_WINDOW', message)
