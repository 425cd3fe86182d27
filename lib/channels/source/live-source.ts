/** Source of channels: a window of a live timeline as a presentation. */
import type {
  GivenPresentation,
  NotGiven,
  PresentationRequest,
  PresentationSource,
  TimelineReader,
} from '../../delivery/index.ts'
import { askedProtection, livePlaylistUri, patchedMpd, signallingOf } from '../../delivery/index.ts'
import type { LiveReads } from '../live/store.ts'
import { type ChannelReader, channelReader } from './channel-reader.ts'
import { presentationOf } from './live-presentation.ts'
import { pressure, relievedSeconds } from './pressure.ts'
import { askedWindow, windowOf } from './window.ts'

/** What the source reads with. */
export interface LiveSourcePorts {
  readonly live: LiveReads
  /** Epoch milliseconds. */
  readonly now: () => number
  /** @default MPDs have the time of their making alone */
  readonly clockUrl?: () => string | undefined
}

/** Channels below `live/`. */
export function liveSource(
  { live, now, clockUrl }: LiveSourcePorts,
  channel: ChannelReader = channelReader(live, now),
): PresentationSource {
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
    const found = await channel.published(head)
    if (!found) return notGiven(`${head.id}: its feed has only begun; try again in some seconds`)
    const window = windowOf(head, asked, { through: found.throughSeconds, now: now() / 1000 })
    const asking = { window, signalling, isMpd: name.kind === 'mpd' }
    const parts = await channel.window(head, found, asking, reader)
    const form = choice && signalling && { ...choice, scheme: signalling.scheme }
    return {
      presentation: presentationOf(head, {
        ...parts,
        tail: found.tail,
        window,
        publishedMs: now(),
        clockUrl: clockUrl?.(),
        playlistOf: name.kind === 'media' ? name.renditionId : undefined,
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
