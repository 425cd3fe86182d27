/** The keys of a channel's window: its periods follow from its state of protection, their facts lie by the hour. */
import type { Signalling, TimelineReader } from '../../delivery/index.ts'
import { HeadendError } from '../../errors.ts'
import { Cache } from '../../platform/cache.ts'
import { decodeKeyHour, keyHourKey, keyHourOf } from '../../timeline/key-hours.ts'
import { type Period, periodsBetween } from '../../timeline/key-periods.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import type { StoredKeyFacts, StoredKeyPeriod } from '../../timeline/stored-protection.ts'
import type { Segment, Track } from '../../timeline/timeline.ts'
import type { Tail } from '../live/tail.ts'
import type { PageOfHour } from './hour-pages.ts'
import type { LiveWindow } from './window.ts'

/** Keys by the index of their period. */
type KeysOfHour = ReadonlyMap<number, readonly StoredKeyFacts[]>

/** What is asked for. */
export interface KeysAsked {
  readonly id: string
  readonly stored: Signalling['stored']
  /** Epoch milliseconds. */
  readonly fromMs: number
  readonly toMs: number
}

/** Hours kept, of up to 360 periods each. */
const maxHours = 1000

/** Reads the periods of a window; throws CHANNEL_KEYS where one has no keys yet: it must not be shown without. */
export function channelKeys(): (
  asked: KeysAsked,
  reader: TimelineReader,
) => Promise<readonly StoredKeyPeriod[]> {
  const kept = new Cache<KeysOfHour>({ maxWeight: maxHours })
  return async ({ id, stored: { eras, sharing }, fromMs, toMs }, reader) => {
    if (!eras) throw keysMissing(id, { index: 0, fromMs })
    const periods = periodsBetween({ clock: 'wall', eras }, fromMs, toMs)
    const hours = new Map(
      await Promise.all(
        [...new Set(periods.map(keyHourOf))].map(async (hour) => {
          const key = keyHourKey(id, { hour, eras, sharing })
          return [hour, await kept.get(key, async () => ({ value: await readHour(key, reader) }))] as const
        }),
      ),
    )
    return periods.map((period) => {
      const keys = hours.get(keyHourOf(period))?.get(period.index)
      if (!keys) throw keysMissing(id, period)
      // What was shown before the channel was protected has the first keys.
      return { ...period, fromMs: period.index === eras[0].firstIndex ? 0 : period.fromMs, keys }
    })
  }
}

async function readHour(key: string, reader: TimelineReader): Promise<KeysOfHour> {
  const text = await reader.object(key)
  if (text === undefined)
    throw late(`${key}: expected the keys of its hour, got none yet; try again in a minute`)
  return new Map(decodeKeyHour(key, text).map(({ index, keys }) => [index, keys]))
}

const keysMissing = (id: string, { index, fromMs }: Period): HeadendError =>
  late(
    `${id}: expected the keys of period ${index}, which begins at ${new Date(fromMs).toISOString()}, got none; try again in a minute`,
  )

const late = (message: string): HeadendError => new HeadendError('CHANNEL_KEYS', message, { status: 503 })

/** What of a channel is read for a manifest. */
interface WindowRead {
  readonly head: LiveHead
  readonly window: LiveWindow
  readonly hours: readonly PageOfHour[]
  readonly tail: Pick<Tail, 'tracks'>
  readonly isMpd: boolean
  readonly readHours: (window: LiveWindow) => Promise<readonly PageOfHour[]>
}

/**
 * How keys are told, with the periods of all segments that were read. Of the first one an MPD says where it begins, though that may lie hours
 * before the window: with the segment in whose first half it was due, as all others.
 */
export async function windowKeys(
  { head, window, hours, tail, isMpd, readHours }: WindowRead,
  signalling: Signalling,
  keysBetween: (fromMs: number, toMs: number) => Promise<readonly StoredKeyPeriod[]>,
): Promise<Signalling> {
  const periods = await keysBetween(readSince(head, { hours, tail, window }) * 1000, window.to * 1000)
  const told = { ...signalling, stored: { ...signalling.stored, periods } }
  const [first, second] = periods
  const lead = leadOf(head.tracks)
  const isShown = !second || second.fromMs > (window.from - head.targetSeconds) * 1000
  if (!isMpd || !first || !lead || !isShown || first.fromMs < head.beganMs) return told
  const seconds = first.fromMs / 1000
  const pages = await readHours({ kind: 'vod', from: seconds, to: seconds + 2 * head.targetSeconds })
  const segments = pages.flatMap((page) => page.segments.get(lead.id) ?? [])
  return { ...told, beganSeconds: firstSegmentAt(segments, lead, seconds) }
}

/** Not after any segment that was read, of which most lie before the window. */
function readSince(
  { tracks, targetSeconds }: LiveHead,
  { hours, tail, window }: Pick<WindowRead, 'hours' | 'tail' | 'window'>,
): number {
  const firstOfTail = tracks.flatMap(({ id, timescale }) => {
    const [first] = tail.tracks.get(id)?.segments ?? []
    return first ? [first.start / timescale] : []
  })
  const hourStarts = hours.map(({ row }) => row.hour * 3600)
  return Math.min(window.from, ...firstOfTail, ...hourStarts) - 2 * targetSeconds
}

/** The track whose segments decide where keys change, the same for ever: the first video, else the first track. */
export const leadOf = <Of extends Pick<Track, 'type'>>(tracks: readonly Of[]): Of | undefined =>
  tracks.find(({ type }) => type === 'video') ?? tracks[0]

/** Seconds at which the first segment begins whose middle is not before a time; undefined where there is none. */
function firstSegmentAt(
  segments: readonly Segment[],
  { timescale }: Pick<Track, 'timescale'>,
  seconds: number,
): number | undefined {
  const first = segments.find(({ start, duration }) => (start + duration / 2) / timescale >= seconds)
  return first && first.start / timescale
}
