/** Source of channels: a window of a live timeline as a presentation. */
import type {
  GivenPresentation,
  NotGiven,
  PresentationRequest,
  PresentationSource,
  TimelineReader,
} from '../../delivery/index.ts'
import { askedProtection, livePlaylistUri, patchedMpd, signallingOf } from '../../delivery/index.ts'
import { firstHourOf, hourOf, type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import { markersOf } from '../cues/markers.ts'
import { isBeside } from '../live/beside.ts'
import type { LiveReads } from '../live/store.ts'
import { type Tail, tailOf } from '../live/tail.ts'
import { hourPages } from './hour-pages.ts'
import { channelKeys, windowKeys } from './live-keys.ts'
import { presentationOf } from './live-presentation.ts'
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
  const keysOf = channelKeys()
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
    const [row, published] = await Promise.all([
      live.head(name.presentationId),
      reader.current(name.presentationId),
    ])
    if (!row) return notGiven(`${name.presentationId}: no such channel, or nothing has come for it yet`)
    const { head } = row
    if (name.kind === 'media' && name.version !== head.version)
      return notGiven(`${head.id}: version ${name.version} of it is over`)
    const state = published?.protection
    // A playlist in the clear must not name media that are given encrypted alone, nor the other way round.
    if (name.kind === 'media' && (name.form !== undefined) !== (state !== undefined))
      return notGiven(`${head.id}: its protection has changed; ask for its index.m3u8 again`)
    const choice =
      state === undefined
        ? undefined
        : name.kind === 'media' && name.form
          ? { ...name.form, name: state }
          : askedProtection(state, query)
    const signalling =
      choice && (await signallingOf(reader, head.id, choice, name.kind === 'mpd' ? 'dash' : 'hls'))
    // A state that cannot be read must not look like no protection.
    if (choice && !signalling) return notGiven(`${head.id}: its protection is not known`)
    const hour = hourOf(now() / 1000)
    const sealed = await live.hourBefore(head, hour + 1)
    const from = (sealed ? sealed.hour + 1 : firstHourOf(head)) * 60
    const rows = await settled.read(head, { from, to: minuteOf(now() / 1000) + 1 })
    const tail = tailOf(head, sealed, rows)
    settled.keep(head, from, { rows, throughSeconds: Math.min(tail.throughSeconds, tail.besideSeconds) })
    const through = throughOf(head, sealed, tail)
    if (through === undefined)
      return notGiven(`${head.id}: its feed has only begun; try again in some seconds`)
    const window = windowOf(head, asked, { through, now: now() / 1000 })
    const readHours = (of: LiveWindow) =>
      hoursOf({ head, window: of, reader, sealed, nowSeconds: now() / 1000 })
    const [hours, cues] = await Promise.all([
      readHours(window),
      // A break may have begun in the hour before.
      live.cues(head, hourOf(window.from) - 1, hourOf(window.to)),
    ])
    const markers = markersOf(cues)
    const keys =
      signalling &&
      (await windowKeys(
        { head, window, hours, tail, isMpd: name.kind === 'mpd', readHours },
        signalling,
        (fromMs, toMs) => keysOf({ id: head.id, stored: signalling.stored, fromMs, toMs }, reader),
      ))
    const form = choice && signalling && { ...choice, scheme: signalling.scheme }
    return {
      presentation: presentationOf(head, {
        tail,
        hours,
        window,
        markers,
        publishedMs: now(),
        clockUrl: clockUrl?.(),
        playlistOf: name.kind === 'media' ? name.renditionId : undefined,
        keys,
      }),
      mediaUri: ({ id }) => livePlaylistUri(head, id, { window: isBack ? asked : undefined, form }),
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
